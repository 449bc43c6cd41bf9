import type { ViewReader } from '../../read/reader.ts';
import { all, type Clause, type ListFilter, plainClauses, slatesOf, statusClauses } from './filter.ts';
import type { Stored } from './row.ts';

/**
 * The newest requests that match, by arms: each arm is one way to match (one of the alternatives of the status, one
 * reason why the reader may see it), answered by one index in the order of the log and cut off at the page's end.
 */
export function findPage(view: ViewReader, filter: ListFilter, limit: number, offset: number): Stored[] {
  const reach = limit + offset;
  const found = arms(filter).map((arm) => arm(reach));
  const union = found.map(({ sql }) => `SELECT seq FROM (${sql})`).join(' UNION ');
  return view.all<Stored>(
    `SELECT * FROM requests WHERE seq IN (${union}) ORDER BY seq DESC LIMIT ? OFFSET ?`,
    ...found.flatMap(({ values }) => values),
    limit,
    offset,
  );
}

/** Counts by walking the matches: for filters that the tallies do not know. */
export function countMatches(view: ViewReader, filter: ListFilter): number {
  const found = arms(filter).map((arm) => arm(-1));
  const union = found.map(({ sql }) => `SELECT seq FROM (${sql})`).join(' UNION ');
  return (
    view.get<{ n: number }>(`SELECT count(*) AS n FROM (${union})`, ...found.flatMap(({ values }) => values))
      ?.n ?? 0
  );
}

/** Overdue undecided requests among those that match, whatever status is asked for. */
export function countOverdue(view: ViewReader, filter: ListFilter, recorded?: string): number {
  const { status: _any, ...rest } = filter;
  const overdue: Clause = { sql: 'is_open = 1 AND expires_at <= ?', values: [filter.now] };
  const exact: Clause[] = recorded === undefined ? [] : [{ sql: '+status = ?', values: [recorded] }];
  const visible: Clause[] = filter.reader && !filter.reader.admin ? [visibleTo(filter)] : [];
  const where = all(overdue, ...exact, ...plainClauses(rest).map(unindexed), ...visible);
  return (
    view.get<{ n: number }>(
      `SELECT count(*) AS n FROM requests INDEXED BY requests_expiring WHERE ${where.sql}`,
      ...where.values,
    )?.n ?? 0
  );
}

type Arm = (reach: number) => Clause;

function arms(filter: ListFilter): Arm[] {
  const plain = plainClauses(filter);
  return statusClauses(filter).flatMap((status) => {
    const base = [...plain, status];
    const { reader } = filter;
    if (!reader || reader.admin) return [simple(base)];
    return [
      simple([...base, { sql: 'requester = ?', values: [reader.person] }]),
      simple([...base, { sql: 'on_behalf_of = ?', values: [reader.person] }]),
      simple([...base, { sql: 'owner = ?', values: [reader.person] }]),
      perSlate(base, slatesOf(reader)),
    ];
  });
}

function simple(clauses: readonly Clause[]): Arm {
  const { sql, values } = all(...clauses);
  return (reach) => ({
    sql: `SELECT seq FROM requests WHERE ${sql} ORDER BY seq DESC LIMIT ?`,
    values: [...values, reach],
  });
}

/** The newest of each slate: together they hold the newest of all slates. */
function perSlate(clauses: readonly Clause[], slates: Clause): Arm {
  const { sql, values } = all(...clauses.map(unindexed));
  return (reach) => ({
    sql: `SELECT found.seq FROM (${slates.sql}) AS mine CROSS JOIN requests AS found
      WHERE found.seq IN (
        SELECT seq FROM requests WHERE slate_id = mine.slate_id AND ${sql} ORDER BY seq DESC LIMIT ?)`,
    values: [...slates.values, ...values, reach],
  });
}

function visibleTo({ reader }: ListFilter): Clause {
  const person = reader?.person ?? '';
  const slates = slatesOf(reader ?? { person, claims: [], admin: false });
  return {
    sql: `(requester = ? OR on_behalf_of = ? OR owner = ? OR slate_id IN (${slates.sql}))`,
    values: [person, person, person, ...slates.values],
  };
}

// A unary plus before a column keeps the planner from choosing that column's index.
function unindexed({ sql, values }: Clause): Clause {
  return { sql: sql.replace(/\b(tenant|status|action|requester|created_at|is_open) /g, '+$1 '), values };
}
