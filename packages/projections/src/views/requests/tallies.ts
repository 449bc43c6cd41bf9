import type { Database } from 'better-sqlite3';
import type { Asked } from './row.ts';

/** Keeps the table of counts in step with rows whose status has changed. */
export interface Tallies {
  /** A request moves from one status to another; null for one that is new. */
  move(asked: Asked, from: string | null, to: string): void;
  flush(): void;
  reset(): void;
}

type Key = readonly [tenant: string, party: string, slateId: number, action: string, status: string];

export function createTallies(db: Database): Tallies {
  const add = db.prepare(`
    INSERT INTO tallies (tenant, party, slate_id, action, status, n) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET n = n + excluded.n`);
  // A count that has come back to nothing leaves no row, so that a rebuilt table equals one that lived.
  const drop = db.prepare(
    'DELETE FROM tallies WHERE tenant = ? AND party = ? AND slate_id = ? AND action = ? AND status = ? AND n = 0',
  );
  let changes = new Map<string, { key: Key; by: number }>();

  function change(key: Key, by: number): void {
    const name = key.join('\u0000');
    const known = changes.get(name);
    if (known) known.by += by;
    else changes.set(name, { key, by });
  }

  return {
    move(asked, from, to) {
      if (from === to) return;
      for (const [party, slateId] of countedUnder(asked)) {
        if (from !== null) change([asked.tenant, party, slateId, asked.action, from], -1);
        change([asked.tenant, party, slateId, asked.action, to], 1);
      }
    },
    flush() {
      for (const { key, by } of changes.values()) {
        if (by === 0) continue;
        add.run(...key, by);
        if (by < 0) drop.run(...key);
      }
      changes = new Map();
    },
    reset() {
      changes = new Map();
    },
  };
}

function countedUnder({ requester, onBehalfOf, owner, slateId }: Asked): [party: string, slateId: number][] {
  const involved = new Set([onBehalfOf, owner].filter((person) => person !== null && person !== requester));
  return [
    ['', 0],
    ['', slateId],
    [`r:${requester}`, slateId],
    ...[...involved].map((person): [string, number] => [`i:${person}`, slateId]),
  ];
}
