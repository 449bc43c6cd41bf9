import { join } from 'node:path';
import Database from 'better-sqlite3';
import { answerAs } from '../../harness/side.ts';

/**
 * The yardstick: reads the same rows in pages, parses each body, and folds what a list needs into a Map. Writes
 * nothing. The folder is the first argument.
 */
const [folder = ''] = process.argv.slice(2);
const PAGE = 2000;
type Row = [
  stream: string,
  revision: number,
  id: string,
  type: string,
  data: string,
  metadata: string,
  storedAt: number,
  position: number,
];

const db = new Database(join(folder, 'ledger.db'), { readonly: true });
const page = db
  .prepare<[number, number], Row>(
    // The unary plus keeps SQLite on the order of the log.
    `SELECT stream, revision, id, type, data, metadata, stored_at, position FROM events
     WHERE position > ? AND +stream >= 'approval-' AND +stream < 'approval.' ORDER BY position LIMIT ?`,
  )
  .raw();

interface Listed {
  status: string;
  action: string;
  requester: string;
  createdAt: string;
  updatedAt: string;
  expiresAt: string;
  stage: number;
  approvals: string[];
  decidedBy: string | null;
  revision: number;
}

function fold(): { events: number; milliseconds: number } {
  const began = performance.now();
  const listed = new Map<string, Listed>();
  let events = 0;
  for (let after = 0; ; ) {
    const rows = page.all(after, PAGE);
    for (const row of rows) apply(listed, row);
    events += rows.length;
    if (rows.length < PAGE) break;
    after = rows.at(-1)?.[7] ?? after;
  }
  const milliseconds = performance.now() - began;
  if (listed.size === 0) throw new Error('nothing was folded');
  return { events, milliseconds };
}

function apply(listed: Map<string, Listed>, [stream, revision, , type, text]: Row): void {
  const data = JSON.parse(text);
  if (type === 'ApprovalRequested') {
    listed.set(stream, {
      status: 'pending',
      action: data.action,
      requester: data.by.sub,
      createdAt: data.at,
      updatedAt: data.at,
      expiresAt: data.expiresAt,
      stage: 0,
      approvals: [],
      decidedBy: null,
      revision,
    });
    return;
  }
  const row = listed.get(stream);
  if (!row) throw new Error(`${stream} does not begin with its request`);
  row.updatedAt = data.at;
  row.revision = revision;
  if (type === 'ApprovalGranted') row.approvals.push(data.by.sub);
  else if (type === 'StageCompleted') row.stage = data.stage + 1;
  else if (type === 'RequestApproved') {
    row.status = 'approved';
    row.decidedBy = data.by.sub;
  }
}

answerAs({ run: fold, close: () => void db.close() });
