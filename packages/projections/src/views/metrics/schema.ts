/** One row per undecided request, and one per persona it waits for. */
export const tables = `
  CREATE TABLE open_requests (
    request_id TEXT NOT NULL PRIMARY KEY,
    policy_key TEXT NOT NULL,
    channel    TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    -- Persona names on the slate, and those still missing, JSON.
    personas   TEXT NOT NULL,
    missing    TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

export const indexes = [
  'CREATE INDEX open_requests_by_action ON open_requests (policy_key, channel, expires_at, created_at)',
  "CREATE INDEX open_requests_waiting ON open_requests (missing, expires_at) WHERE missing <> '[]'",
];
