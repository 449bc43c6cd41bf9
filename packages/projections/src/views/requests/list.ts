import type { Status } from '@countersign/domain';
import type { ViewReader } from '../../read/reader.ts';
import {
  all,
  type Clause,
  clause,
  type ListFilter,
  limitedReader,
  mine,
  narrowing,
  overdue,
  recordedAs,
  visible,
} from './filter.ts';
import { type Stored, WITH_RULES } from './rows.ts';

/**
 * The newest requests that match. There are several ways to match (a status, a reason why the reader may see it); each
 * is one walk over one index in the order of the log, cut off at the page's end, and the walks are merged. Which index
 * is named and not left to the planner, which knows nothing of how requests are spread.
 */
export function findPage(view: ViewReader, filter: ListFilter, limit: number, offset: number): Stored[] {
  const found = union(walks(view, filter), limit + offset);
  const prefix = withMine(filter);
  return view.all<Stored>(
    `${prefix.sql} ${WITH_RULES} WHERE seq IN (${found.sql}) ORDER BY seq DESC LIMIT ? OFFSET ?`,
    ...prefix.values,
    ...found.values,
    limit,
    offset,
  );
}

/** Counts by walking: for filters that the tallies do not know. */
export function countMatches(view: ViewReader, filter: ListFilter): number {
  const found = union(walks(view, filter), -1);
  return count(view, withMine(filter), clause(`(${found.sql})`, ...found.values));
}

/**
 * Overdue requests among those that match, whatever status is asked for.
 * @param recorded only those recorded as one of these; absent: all
 */
export function countOverdue(view: ViewReader, filter: ListFilter, recorded?: readonly Status[]): number {
  const reader = limitedReader(filter);
  const where = all(
    overdue(filter),
    narrowing(filter),
    ...(recorded ? [oneOf(recorded)] : []),
    ...(reader ? [visible(reader)] : []),
  );
  const rows = clause(`requests INDEXED BY requests_lapsing WHERE ${where.sql}`, ...where.values);
  return count(view, withMine(filter), rows);
}

function count(view: ViewReader, prefix: Clause, rows: Clause): number {
  const values = [...prefix.values, ...rows.values];
  return view.get<{ n: number }>(`${prefix.sql} SELECT count(*) AS n FROM ${rows.sql}`, ...values)?.n ?? 0;
}

function oneOf(statuses: readonly Status[]): Clause {
  return clause(`+status IN (${statuses.map(() => '?').join(', ')})`, ...statuses);
}

function withMine(filter: ListFilter): Clause {
  const reader = limitedReader(filter);
  if (!reader) return clause('');
  const { sql, values } = mine(reader);
  return clause(`WITH ${sql}`, ...values);
}

/** A SELECT of numbers, newest first, at most so many. */
type Walk = (limit: number) => Clause;

function union(found: readonly Walk[], limit: number): Clause {
  const parts = found.map((walk) => walk(limit));
  const sql = parts.map((part) => `SELECT seq FROM (${part.sql})`).join(' UNION ');
  return clause(sql, ...parts.flatMap(({ values }) => values));
}

function walks(view: ViewReader, filter: ListFilter): Walk[] {
  const { statuses, when } = recordedAs(filter);
  const reader = limitedReader(filter);
  const narrow = all(narrowing(filter), ...atLeast(view, filter));
  const seen = reader ? [visible(reader)] : [];
  const late =
    filter.status === 'expired' ? [walk('requests_lapsing', all(overdue(filter), narrow, ...seen))] : [];
  if (filter.rootRequestId !== undefined) {
    return [
      ...chainWalks(filter.rootRequestId, all(narrow, when, oneOf(statuses), ...seen)),
      ...late.map(inChain(filter)),
    ];
  }
  const perStatus = statuses.flatMap((status) =>
    ways(filter).map((way) => way(all(clause('status = ?', status), when, narrow))),
  );
  return [...perStatus, ...late];
}

/** The indexes to walk, given a status and what else must hold. */
function ways(filter: ListFilter): ((rest: Clause) => Walk)[] {
  const { tenant, action, requester } = filter;
  const reader = limitedReader(filter);
  const by = (index: string, column: string, value: string) => (rest: Clause) =>
    walk(index, all(clause(`tenant = ? AND ${column} = ?`, tenant, value), rest));
  if (reader) {
    return [
      by('requests_requester', 'requester', reader.person),
      by('requests_behalf', 'on_behalf_of', reader.person),
      by('requests_owner', 'owner', reader.person),
      walkSlates,
    ];
  }
  if (requester !== undefined) return [by('requests_requester', 'requester', requester)];
  if (action !== undefined) return [by('requests_action', 'action', action)];
  return [(rest) => walk('requests_status', all(clause('tenant = ?', tenant), rest))];
}

function walk(index: string, { sql, values }: Clause): Walk {
  return (limit) =>
    clause(
      `SELECT seq FROM requests INDEXED BY ${index} WHERE ${sql} ORDER BY seq DESC LIMIT ?`,
      ...values,
      limit,
    );
}

/** The newest of each slate the reader is on: together they hold the newest of all of them. */
function walkSlates(rest: Clause): Walk {
  const each = walk('requests_slate', all(clause('slate_id = mine.slate_id'), rest));
  return (limit) => {
    const { sql, values } = each(limit);
    return clause(
      `SELECT found.seq FROM mine CROSS JOIN requests AS found WHERE found.seq IN (${sql})`,
      ...values,
    );
  };
}

/** A chain is its root, which repeats nothing, and the repeats. */
function chainWalks(rootRequestId: string, rest: Clause): Walk[] {
  return [
    walk('requests_id', all(clause('request_id = ?', rootRequestId), rest)),
    walk(
      'requests_repeats',
      all(clause('root_request_id = ? AND previous_request_id IS NOT NULL', rootRequestId), rest),
    ),
  ];
}

function inChain({ rootRequestId = '' }: ListFilter): (found: Walk) => Walk {
  return (found) => (limit) => {
    const { sql, values } = found(-1);
    return clause(
      `SELECT seq FROM requests WHERE seq IN (${sql}) AND +root_request_id = ? ORDER BY seq DESC LIMIT ?`,
      ...values,
      rootRequestId,
      limit,
    );
  };
}

/** Where the walks may end: nothing older was created since. Times follow the log closely, not exactly. */
function atLeast(view: ViewReader, { tenant, since }: ListFilter): Clause[] {
  if (since === undefined) return [];
  const first = view.get<{ seq: number | null }>(
    'SELECT min(seq) AS seq FROM requests INDEXED BY requests_created WHERE tenant = ? AND created_at >= ?',
    tenant,
    since,
  );
  return [clause('seq >= ?', first?.seq ?? Number.MAX_SAFE_INTEGER)];
}
