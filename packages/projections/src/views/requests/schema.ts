/**
 * One row per request, numbered in the order of the log. Slates are kept once per content: most requests of an action
 * share one, so that "whose slate am I on" is answered without a row per person and request; so are the rules of plans.
 * `tallies` holds how many requests there are of each kind, so that a list of a page knows its total without counting.
 */
export const tables = `
  CREATE TABLE slates (
    slate_id  INTEGER PRIMARY KEY,
    hash      TEXT    NOT NULL UNIQUE,
    -- The slate as the first event holds it, JSON.
    body      TEXT    NOT NULL,
    any_admin INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE slate_people (
    person   TEXT    NOT NULL,
    slate_id INTEGER NOT NULL,
    PRIMARY KEY (person, slate_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE slate_claims (
    claim    TEXT    NOT NULL,
    slate_id INTEGER NOT NULL,
    PRIMARY KEY (claim, slate_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE plans (
    plan_id INTEGER PRIMARY KEY,
    -- What the policy says of a plan: its steps before anything is filled in, and when it is carried out. JSON.
    body    TEXT NOT NULL UNIQUE
  ) STRICT;

  CREATE TABLE requests (
    seq                 INTEGER PRIMARY KEY,
    request_id          TEXT    NOT NULL,
    tenant              TEXT    NOT NULL,
    -- As the events say: a deadline that passed unnoticed does not show here.
    status              TEXT    NOT NULL,
    -- From when on the row reads expired all the same: undecided, or approved and not used in time. Null: never.
    lapses_at           TEXT,
    channel             TEXT    NOT NULL,
    action              TEXT    NOT NULL,
    policy_key          TEXT    NOT NULL,
    policy_hash         TEXT    NOT NULL,
    requester           TEXT    NOT NULL,
    owner               TEXT,
    on_behalf_of        TEXT,
    justification       TEXT,
    params              TEXT    NOT NULL,
    params_hash         TEXT    NOT NULL,
    plan_revision       INTEGER NOT NULL,
    comparable_hash     TEXT    NOT NULL,
    slate_id            INTEGER NOT NULL,
    -- Null where the request has no plan.
    plan_id             INTEGER,
    -- How it stands, JSON.
    plan                TEXT,
    stage               INTEGER NOT NULL,
    stage_name          TEXT,
    personas            TEXT    NOT NULL,
    personas_missing    TEXT    NOT NULL,
    approvals           TEXT    NOT NULL,
    denials             TEXT    NOT NULL,
    escalated           INTEGER NOT NULL,
    created_at          TEXT    NOT NULL,
    updated_at          TEXT    NOT NULL,
    expires_at          TEXT    NOT NULL,
    decided_at          TEXT,
    decided_by          TEXT,
    decided_how         TEXT,
    decision_note       TEXT,
    previous_request_id TEXT,
    root_request_id     TEXT    NOT NULL,
    external_id         TEXT,
    revision            INTEGER NOT NULL,
    position            TEXT    NOT NULL
  ) STRICT;

  -- party: '' for everybody, 'r:<person>' for a requester, 'i:<person>' for others the request was made for or by.
  -- slate_id: 0 for all slates.
  CREATE TABLE tallies (
    tenant   TEXT    NOT NULL,
    party    TEXT    NOT NULL,
    slate_id INTEGER NOT NULL,
    action   TEXT    NOT NULL,
    status   TEXT    NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (tenant, party, slate_id, action, status)
  ) STRICT, WITHOUT ROWID;
`;

/** By which the handler finds a request that is not in memory. A build makes it when that first happens. */
export const requestIndex = 'CREATE UNIQUE INDEX IF NOT EXISTS requests_id ON requests (request_id)';

// Each but two ends in the status and then, unwritten, in the row's number: rows of one status come in the order of the
// log, so that a page is the newest few of each status, merged, and never a sort of everything.
export const indexes = [
  requestIndex,
  'CREATE INDEX requests_status ON requests (tenant, status)',
  'CREATE INDEX requests_action ON requests (tenant, action, status)',
  'CREATE INDEX requests_requester ON requests (tenant, requester, status)',
  'CREATE INDEX requests_behalf ON requests (tenant, on_behalf_of, status) WHERE on_behalf_of IS NOT NULL',
  'CREATE INDEX requests_owner ON requests (tenant, owner, status) WHERE owner IS NOT NULL',
  'CREATE INDEX requests_slate ON requests (slate_id, status)',
  'CREATE INDEX requests_created ON requests (tenant, created_at)',
  'CREATE INDEX requests_repeats ON requests (root_request_id) WHERE previous_request_id IS NOT NULL',
  'CREATE INDEX requests_lapsing ON requests (lapses_at) WHERE lapses_at IS NOT NULL',
  "CREATE INDEX requests_denied ON requests (tenant, requester, action, comparable_hash) WHERE status = 'denied'",
];
