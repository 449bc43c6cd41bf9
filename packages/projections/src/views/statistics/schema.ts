/**
 * Counts for analysts, who may open the file read-only with any SQLite tool. Every table is summed up already: no row
 * stands for one request, except in `subjects`, which the projection keeps for itself.
 */
export const tables = `
  -- How often something happened, by the UTC hour of the event. \`outcome\` is one of: requested, approved, denied,
  -- expired, cancelled, automatic (approved without anybody, counted beside approved), escalated, overridden,
  -- break_glass, attempted (a refused command that broke a rule about who may do what), dispatched, dispatch_failed
  -- (each time), lapsed (approved and not used in time; counted beside approved).
  CREATE TABLE activity (
    tenant  TEXT    NOT NULL,
    -- The policy's key, not the caller's text; '' where the request is not known.
    action  TEXT    NOT NULL,
    outcome TEXT    NOT NULL,
    day     TEXT    NOT NULL,
    hour    INTEGER NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (tenant, day, action, outcome, hour)
  ) STRICT, WITHOUT ROWID;

  -- How long it took, by the day it ended. \`measure\`: first_response (created until anybody acknowledged, voted or
  -- decided), decision (created until decided) or dispatch (approved until all was carried out); \`outcome\` is the
  -- decision's, '' for first_response, 'dispatched' for dispatch. A request decided without anybody (outcome automatic)
  -- is left out of the first two. Milliseconds.
  CREATE TABLE durations (
    tenant  TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    measure TEXT    NOT NULL,
    outcome TEXT    NOT NULL,
    day     TEXT    NOT NULL,
    n       INTEGER NOT NULL,
    sum_ms  INTEGER NOT NULL,
    min_ms  INTEGER NOT NULL,
    max_ms  INTEGER NOT NULL,
    PRIMARY KEY (tenant, day, action, measure, outcome)
  ) STRICT, WITHOUT ROWID;

  -- The same, by how long: \`le_seconds\` is the bucket's upper bound (not cumulative), 0 for longer than all.
  CREATE TABLE duration_buckets (
    tenant     TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    measure    TEXT    NOT NULL,
    outcome    TEXT    NOT NULL,
    day        TEXT    NOT NULL,
    le_seconds INTEGER NOT NULL,
    n          INTEGER NOT NULL,
    PRIMARY KEY (tenant, day, action, measure, outcome, le_seconds)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE subjects (
    request_id  TEXT    NOT NULL PRIMARY KEY,
    tenant      TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    created_at  TEXT    NOT NULL,
    responded   INTEGER NOT NULL,
    -- Only of requests with a plan.
    approved_at TEXT
  ) STRICT, WITHOUT ROWID;
`;

/** Upper bounds in seconds, 1 s to 48 h: those of the decision histograms. */
export const BUCKETS = [1, 5, 15, 60, 300, 900, 3600, 14_400, 43_200, 86_400, 172_800];

export const indexes: string[] = [];
