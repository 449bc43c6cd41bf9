/** One row per event, and what must be known of a request to fill the rows of its next events. */
export const tables = `
  CREATE TABLE audit (
    position       TEXT    NOT NULL PRIMARY KEY,
    event_id       TEXT    NOT NULL,
    stream         TEXT    NOT NULL,
    revision       INTEGER NOT NULL,
    at             TEXT    NOT NULL,
    -- '' for events of no tenant, which all tenants see.
    tenant         TEXT    NOT NULL,
    request_id     TEXT,
    type           TEXT    NOT NULL,
    action         TEXT,
    -- Of the request, after this event.
    status         TEXT,
    actor          TEXT    NOT NULL,
    actor_kind     TEXT,
    via            TEXT,
    policy_hash    TEXT,
    payload_hash   TEXT,
    decision       TEXT,
    -- Whose approvals stand after this event, JSON.
    approvers      TEXT    NOT NULL,
    -- What else the event says in a word: a reason, a note, a rule, a persona, a step and what became of it.
    detail         TEXT,
    correlation_id TEXT,
    trace_id       TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE subjects (
    request_id  TEXT NOT NULL PRIMARY KEY,
    tenant      TEXT NOT NULL,
    action      TEXT NOT NULL,
    policy_hash TEXT NOT NULL,
    life        TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

// Each ends, unwritten, with the position, which is the order of a page.
export const indexes = [
  'CREATE INDEX audit_at ON audit (tenant, at)',
  'CREATE INDEX audit_action ON audit (tenant, action, at)',
  'CREATE INDEX audit_status ON audit (tenant, status, at)',
  'CREATE INDEX audit_request ON audit (request_id, at) WHERE request_id IS NOT NULL',
];
