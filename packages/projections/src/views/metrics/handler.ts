import type { ApprovalEvent, ApprovalEventOf } from '@countersign/domain';
import type { Database } from 'better-sqlite3';
import type { Handler, Incoming, Projection } from '../../runtime/projection.ts';
import { createRowCache } from '../../runtime/row-cache.ts';
import { decisionIn } from '../life.ts';
import { indexes, tables } from './schema.ts';

export const metricsProjection: Projection = {
  name: 'metrics',
  version: 1,
  categories: ['approval'],
  tables,
  indexes,
  open: openMetrics,
};

interface Open {
  readonly requestId: string;
  readonly policyKey: string;
  readonly channel: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly personas: readonly string[];
  missing: readonly string[];
  decided: boolean;
  /** Whether the table holds it. */
  written: boolean;
}

function openMetrics(db: Database, keep: number): Handler {
  const cache = createRowCache<Open>(openTable(db), keep);

  return {
    handle(incoming: Incoming) {
      const event = incoming.event as ApprovalEvent;
      const requestId = incoming.recorded.stream.slice(incoming.category.length + 1);
      if (event.type === 'ApprovalRequested') {
        if (incoming.recorded.revision === 0) cache.add(requestId, opened(requestId, event.data));
        return;
      }
      if (!concerns(event)) return;
      const row = cache.get(requestId);
      if (!row) return;
      if (decisionIn(event)) row.decided = true;
      else row.missing = missingAfter(row, event);
      cache.changed(requestId);
    },
    flush: cache.flush,
    pending: () => cache.pending,
    reset: cache.clear,
  };
}

function opened(requestId: string, data: ApprovalEventOf<'ApprovalRequested'>['data']): Open {
  const personas = data.slate.personas.map((persona) => persona.name);
  const { policyKey, channel, at: createdAt, expiresAt } = data;
  return {
    requestId,
    policyKey,
    channel,
    createdAt,
    expiresAt,
    personas,
    missing: personas,
    decided: false,
    written: false,
  };
}

function concerns({ type }: ApprovalEvent): boolean {
  return type.startsWith('Persona') || type.startsWith('Request');
}

function missingAfter({ personas, missing }: Open, event: ApprovalEvent): readonly string[] {
  switch (event.type) {
    case 'PersonaAcknowledged':
      return missing.filter((name) => name !== event.data.persona);
    case 'PersonaAcknowledgementWithdrawn':
      return personas.filter((name) => name === event.data.persona || missing.includes(name));
    default:
      return missing;
  }
}

/** Decided requests leave the table; those that never entered it cost nothing. */
function openTable(db: Database) {
  const insert = db.prepare('INSERT INTO open_requests VALUES (?, ?, ?, ?, ?, ?, ?)');
  const update = db.prepare('UPDATE open_requests SET missing = ? WHERE request_id = ?');
  const remove = db.prepare('DELETE FROM open_requests WHERE request_id = ?');
  const find = db.prepare<[string], Record<string, string>>(
    'SELECT * FROM open_requests WHERE request_id = ?',
  );
  return {
    insert(row: Open) {
      if (row.decided) return;
      row.written = true;
      const { requestId, policyKey, channel, createdAt, expiresAt, personas, missing } = row;
      insert.run(
        requestId,
        policyKey,
        channel,
        createdAt,
        expiresAt,
        JSON.stringify(personas),
        JSON.stringify(missing),
      );
    },
    update(row: Open) {
      if (!row.decided) update.run(JSON.stringify(row.missing), row.requestId);
      else if (row.written) {
        remove.run(row.requestId);
        row.written = false;
      }
    },
    load(requestId: string): Open | undefined {
      const found = find.get(requestId);
      if (!found) return undefined;
      const { policy_key, channel, created_at, expires_at, personas, missing } = found as Record<
        string,
        string
      > & {
        policy_key: string;
        channel: string;
        created_at: string;
        expires_at: string;
        personas: string;
        missing: string;
      };
      return {
        requestId,
        policyKey: policy_key,
        channel,
        createdAt: created_at,
        expiresAt: expires_at,
        personas: JSON.parse(personas) as string[],
        missing: JSON.parse(missing) as string[],
        decided: false,
        written: true,
      };
    },
  };
}
