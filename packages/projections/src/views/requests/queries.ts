import type { ViewReader } from '../../read/reader.ts';
import type { ListFilter, Reader } from './filter.ts';
import { findPage } from './list.ts';
import { type RequestRow, type Stored, toRequestRow, WITH_RULES } from './rows.ts';
import { countTotal } from './total.ts';
import { findWaitingOn } from './waiting.ts';

export interface ListQuery extends ListFilter {
  /**
   * Only undecided requests on which this person can act now; `admin` here: also those that any admin may decide.
   * A reader who is not an admin sees nobody's but the own.
   */
  readonly waitingOn?: Reader;
  readonly limit: number;
  readonly offset: number;
}

export interface RequestPage {
  /** Newest first. */
  readonly items: readonly RequestRow[];
  /** All that match, also beyond this page. */
  readonly total: number;
}

export interface DenialSought {
  readonly tenant: string;
  readonly requester: string;
  readonly action: string;
  /** `comparableHash` of the sealed parameters. */
  readonly comparableHash: string;
  /** Decided at or after. */
  readonly since: string;
}

/** The requests view. Every query throws ViewUnavailable while there is no file in force. */
export interface RequestQueries {
  list(query: ListQuery): RequestPage;
  /** Undecided and not overdue, as far as the reader may see. */
  countOpen(filter: Omit<ListFilter, 'status'>): number;
  get(requestId: string, now: string): RequestRow | undefined;
  /** The newest denied request with the same content, as it was first asked; null when there is none. */
  recentDenial(sought: DenialSought): string | null;
  /** A request and everything that repeats it, oldest first. */
  chain(rootRequestId: string, now: string): RequestRow[];
}

export function requestQueries(view: ViewReader): RequestQueries {
  return {
    list: (query) =>
      view.together(() => (query.waitingOn ? waiting(view, query, query.waitingOn) : plain(view, query))),
    countOpen: (filter) => view.together(() => countTotal(view, { ...filter, status: 'open' })),
    get(requestId, now) {
      const stored = view.get<Stored>(`${WITH_RULES} WHERE request_id = ?`, requestId);
      return stored && toRequestRow(stored, now);
    },
    recentDenial({ tenant, requester, action, comparableHash, since }) {
      const found = view.get<{ request_id: string }>(
        `SELECT request_id FROM requests WHERE status = 'denied' AND tenant = ? AND requester = ? AND action = ?
          AND comparable_hash = ? AND decided_at >= ? ORDER BY decided_at DESC, seq DESC LIMIT 1`,
        ...[tenant, requester, action, comparableHash, since],
      );
      return found?.request_id ?? null;
    },
    chain(rootRequestId, now) {
      const rows = view.all<Stored>(
        `${WITH_RULES} WHERE request_id = ?
          OR (root_request_id = ? AND previous_request_id IS NOT NULL) ORDER BY seq`,
        rootRequestId,
        rootRequestId,
      );
      return rows.map((stored) => toRequestRow(stored, now));
    },
  };
}

function plain(view: ViewReader, query: ListQuery): RequestPage {
  const stored = findPage(view, query, query.limit, query.offset);
  return { items: stored.map((one) => toRequestRow(one, query.now)), total: countTotal(view, query) };
}

function waiting(view: ViewReader, query: ListQuery, person: Reader): RequestPage {
  const { reader } = query;
  if (reader && !reader.admin && reader.person !== person.person) return { items: [], total: 0 };
  const found = findWaitingOn(view, query, person);
  const page = found.slice(query.offset, query.offset + query.limit);
  const stored = view.all<Stored>(
    `${WITH_RULES} WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq DESC`,
    JSON.stringify(page),
  );
  return { items: stored.map((one) => toRequestRow(one, query.now)), total: found.length };
}
