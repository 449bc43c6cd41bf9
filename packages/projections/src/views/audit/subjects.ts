import type { ApprovalEventOf } from '@countersign/domain';
import type { Database } from 'better-sqlite3';
import { createRowCache, type RowCache } from '../../runtime/row-cache.ts';
import { beginLife, type Life } from '../life.ts';

/** What the rows of a request's next events need to know of it. */
export interface Subject {
  readonly requestId: string;
  readonly tenant: string;
  readonly action: string;
  readonly policyHash: string;
  readonly life: Life;
}

export function newSubject(requestId: string, data: ApprovalEventOf<'ApprovalRequested'>['data']): Subject {
  const { tenant, action, policyHash } = data;
  return { requestId, tenant, action, policyHash, life: beginLife(data) };
}

interface Stored {
  request_id: string;
  tenant: string;
  action: string;
  policy_hash: string;
  life: string;
}

export function openSubjects(db: Database, keep: number): RowCache<Subject> {
  const insert = db.prepare('INSERT INTO subjects VALUES (?, ?, ?, ?, ?)');
  const update = db.prepare('UPDATE subjects SET life = ? WHERE request_id = ?');
  const find = db.prepare<[string], Stored>('SELECT * FROM subjects WHERE request_id = ?');
  return createRowCache<Subject>(
    {
      insert: ({ requestId, tenant, action, policyHash, life }) =>
        void insert.run(requestId, tenant, action, policyHash, JSON.stringify(life)),
      update: ({ requestId, life }) => void update.run(JSON.stringify(life), requestId),
      load(requestId) {
        const stored = find.get(requestId);
        if (!stored) return undefined;
        const { tenant, action, policy_hash: policyHash, life } = stored;
        return { requestId, tenant, action, policyHash, life: JSON.parse(life) as Life };
      },
    },
    keep,
  );
}
