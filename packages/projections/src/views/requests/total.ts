import type { ViewReader } from '../../read/reader.ts';
import { type Clause, type ListFilter, limitedReader, mine, recordedAs } from './filter.ts';
import { countMatches, countOverdue } from './list.ts';

/** How many requests match. Read off the tallies where they know the filter, whatever the number. */
export function countTotal(view: ViewReader, filter: ListFilter): number {
  if (!isTallied(filter)) return countMatches(view, filter);
  const { status } = filter;
  const recorded = tallied(view, filter);
  switch (status) {
    case undefined:
      return recorded;
    case 'expired':
      return recorded + countOverdue(view, filter);
    case 'open':
    case 'pending':
    case 'awaiting_personas':
    case 'approved':
      return recorded - countOverdue(view, filter, recordedAs(filter).statuses);
    default:
      return recorded;
  }
}

function isTallied({ reader, requester, rootRequestId, since }: ListFilter): boolean {
  if (rootRequestId !== undefined || since !== undefined) return false;
  // "Requested by q, as far as p may see it" is asked by hardly anybody.
  return requester === undefined || !reader || reader.admin || reader.person === requester;
}

function tallied(view: ViewReader, filter: ListFilter): number {
  const reader = limitedReader(filter);
  const prefix = reader ? mine(reader) : undefined;
  const common = commonTo(filter);
  const sums = parts(filter).map(({ sql, values }) =>
    view.get<{ n: number | null }>(
      `${prefix ? `WITH ${prefix.sql} ` : ''}SELECT sum(n) AS n FROM tallies WHERE tenant = ? AND ${sql}${common.sql}`,
      ...(prefix?.values ?? []),
      filter.tenant,
      ...values,
      ...common.values,
    ),
  );
  return sums.reduce((total, sum) => total + (sum?.n ?? 0), 0);
}

/** Kinds of tallies that do not overlap and together are what the reader may see. */
function parts(filter: ListFilter): Clause[] {
  const { requester } = filter;
  const reader = limitedReader(filter);
  if (requester !== undefined) return [{ sql: 'party = ?', values: [`r:${requester}`] }];
  if (!reader) return [{ sql: "party = '' AND slate_id = 0", values: [] }];
  return [
    { sql: "party = '' AND slate_id IN mine", values: [] },
    { sql: 'party IN (?, ?) AND slate_id NOT IN mine', values: [`r:${reader.person}`, `i:${reader.person}`] },
  ];
}

function commonTo({ action, status }: ListFilter): Clause {
  const statuses =
    status === 'open' ? ['pending', 'awaiting_personas'] : status === undefined ? [] : [status];
  return {
    sql:
      (action === undefined ? '' : ' AND action = ?') +
      (statuses.length === 0 ? '' : ` AND status IN (${statuses.map(() => '?').join(', ')})`),
    values: [...(action === undefined ? [] : [action]), ...statuses],
  };
}
