/** Calls that tell somebody outside of a decision, from when they were asked for until they are made or given up. */
export const tables = `
  CREATE TABLE closings (
    request_id TEXT    NOT NULL,
    call       TEXT    NOT NULL CHECK (call IN ('callback', 'closing')),
    tenant     TEXT    NOT NULL,
    -- Host of a callback, else the connector.
    receiver   TEXT    NOT NULL,
    -- When something is to be done about it; null while nothing is decided.
    due_at     TEXT,
    tries      INTEGER NOT NULL,
    PRIMARY KEY (request_id, call)
  ) STRICT, WITHOUT ROWID;
`;

export const indexes = [
  'CREATE INDEX closings_due ON closings (due_at, request_id, call, receiver) WHERE due_at IS NOT NULL',
];
