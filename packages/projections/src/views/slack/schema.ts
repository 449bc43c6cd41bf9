/** One row per request that Slack is told of, told or not: its review may come long after its end. */
export const tables = `
  CREATE TABLE slack_requests (
    request_id    TEXT    NOT NULL PRIMARY KEY,
    tenant        TEXT    NOT NULL,
    channel       TEXT    NOT NULL,
    -- Of the request's newest event.
    revision      INTEGER NOT NULL,
    -- Positions of the events that Slack does not know, JSON, oldest first; the last one is the newest event's.
    untold        TEXT    NOT NULL,
    -- The first of these; null when Slack knows everything.
    since         TEXT,
    claimed_until TEXT,
    claimed_by    TEXT
  ) STRICT, WITHOUT ROWID;

  -- How many requests of a channel wait; no row where none does.
  CREATE TABLE slack_waiting (
    channel TEXT    NOT NULL PRIMARY KEY,
    n       INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

export const indexes = [
  'CREATE INDEX slack_untold ON slack_requests (channel, since, request_id) WHERE since IS NOT NULL',
];
