/** What comes due for undecided requests: the next escalation rungs and the expiry. Gone once it happened. */
export const tables = `
  CREATE TABLE deadlines (
    request_id TEXT    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('escalate', 'expire')),
    rung       INTEGER NOT NULL,
    tenant     TEXT    NOT NULL,
    due_at     TEXT    NOT NULL,
    PRIMARY KEY (request_id, kind, rung)
  ) STRICT, WITHOUT ROWID;
`;

export const indexes = ['CREATE INDEX deadlines_due ON deadlines (due_at, kind, request_id, rung)'];
