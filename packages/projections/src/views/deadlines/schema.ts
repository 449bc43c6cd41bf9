/**
 * What comes due: for undecided requests the next escalation rungs and the expiry; for approved ones with a plan its
 * lapse, its dispatch where that begins by itself, and the end of the lease of a dispatch under way. Gone once it
 * happened, or can't any more.
 */
export const tables = `
  CREATE TABLE deadlines (
    request_id TEXT    NOT NULL,
    -- escalate, expire, lapse, dispatch or resume. No CHECK: a list of five costs a fifth of the whole build.
    kind       TEXT    NOT NULL,
    rung       INTEGER NOT NULL,
    tenant     TEXT    NOT NULL,
    due_at     TEXT    NOT NULL,
    PRIMARY KEY (request_id, kind, rung)
  ) STRICT, WITHOUT ROWID;

  -- Requests with a plan that may still be carried out: what later deadlines follow from.
  CREATE TABLE planned (
    request_id    TEXT    NOT NULL PRIMARY KEY,
    tenant        TEXT    NOT NULL,
    by_itself     INTEGER NOT NULL,
    not_before    TEXT,
    valid_for_sec INTEGER,
    approved_at   TEXT,
    phase         TEXT    NOT NULL,
    -- Of the dispatch that began last.
    lease_until   TEXT
  ) STRICT, WITHOUT ROWID;
`;

// By kind first: whoever takes one kind does not walk over what others have left lying.
export const indexes = ['CREATE INDEX deadlines_due ON deadlines (kind, due_at, request_id, rung)'];
