import type { EventFilter, LogPage, Position, RecordedEvent } from '../port.ts';
import type { Connection, Statement } from './connection.ts';
import { failureOf, storeError } from './errors.ts';
import { formatPosition, parsePosition } from './position.ts';

/** Reads on the calling thread: rows are few and in the page cache, and a hop to another thread would cost more. */
export interface Reader {
  readStream(stream: string, from: number): RecordedEvent[];
  readLog(after: Position, limit: number, filter: EventFilter | undefined): LogPage;
  head(): Position;
  /** Changes whenever another connection has committed. */
  dataVersion(): number;
}

/** One page looks at no more rows than this, matching or not, so that a rare filter does not hold the thread. */
const MAX_CONSIDERED = 10_000;
/** A page ends early when its texts grow beyond this; it is looked at after each step of so many rows. */
const MAX_PAGE_CHARACTERS = 8_000_000;
const STEP = 64;
/** Shapes of filters whose statements are kept. */
const MAX_STATEMENTS = 64;

type Row = [string, number, string, string, string, string, number, number];
const COLUMNS = 'stream, revision, id, type, data, metadata, stored_at, position';

export function createReader(db: Connection): Reader {
  const stream = db
    .prepare<[string, number], Row>(
      `SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision >= ? ORDER BY revision`,
    )
    .raw();
  const last = db.prepare<[], number | null>('SELECT max(position) FROM events').pluck();
  const version = db.prepare<[], number>('PRAGMA data_version').pluck();
  const log = prepareLog(db);

  return {
    readStream: (name, from) => reading(() => stream.all(name, from).map(toEvent)),
    readLog: (after, limit, filter) => reading(() => readPage(after, limit, filter)),
    head: () => reading(() => formatPosition(last.get() ?? 0)),
    dataVersion: () => reading(() => version.get() ?? 0),
  };

  // Two statements, no transaction: the log only grows at its end, so that rows up to a head once read stay as they are.
  function readPage(after: Position, limit: number, filter: EventFilter | undefined): LogPage {
    const from = parsePosition(after);
    const head = last.get() ?? 0;
    if (head <= from) return { events: [], position: after, end: true };
    const upTo = Math.min(head, from + MAX_CONSIDERED);
    const { rows, full } = takeRows(log(filter), from, upTo, valuesOf(filter), limit);
    const position = full ? (rows.at(-1)?.[7] ?? upTo) : upTo;
    return { events: rows.map(toEvent), position: formatPosition(position), end: position === head };
  }
}

/** Rows in steps, until there are enough, or too many bytes; `full` when more may stand before `upTo`. */
function takeRows(
  log: LogStatement,
  from: number,
  upTo: number,
  filter: readonly string[],
  limit: number,
): { rows: Row[]; full: boolean } {
  const rows: Row[] = [];
  let size = 0;
  while (rows.length < limit && size < MAX_PAGE_CHARACTERS) {
    const step = Math.min(STEP, limit - rows.length);
    const taken = log.all(rows.at(-1)?.[7] ?? from, upTo, ...filter, step);
    for (const row of taken) {
      rows.push(row);
      size += row[4].length + row[5].length;
    }
    if (taken.length < step) return { rows, full: false };
  }
  return { rows, full: true };
}

type LogStatement = Statement<(string | number)[], Row>;

/** Statements by the shape of the filter; the oldest goes when there are too many. */
function prepareLog(db: Connection): (filter: EventFilter | undefined) => LogStatement {
  const kept = new Map<string, LogStatement>();
  return (filter) => {
    const shape = `${filter?.categories?.length ?? '*'}/${filter?.types?.length ?? '*'}`;
    const known = kept.get(shape);
    if (known) return known;
    const oldest = kept.keys().next().value;
    if (kept.size >= MAX_STATEMENTS && oldest !== undefined) kept.delete(oldest);
    const statement = db.prepare<(string | number)[], Row>(sqlOf(filter)).raw();
    kept.set(shape, statement);
    return statement;
  };
}

// The unary plus keeps the planner on the primary key: the log is read in its order, whatever the filter.
function sqlOf(filter: EventFilter | undefined): string {
  const category = '(+stream = ? OR (+stream > ? AND +stream < ?))';
  const where = ['position > ?', 'position <= ?'];
  if (filter?.categories) where.push(`(${filter.categories.map(() => category).join(' OR ')})`);
  if (filter?.types) where.push(`type IN (${filter.types.map(() => '?').join(', ')})`);
  return `SELECT ${COLUMNS} FROM events WHERE ${where.join(' AND ')} ORDER BY position LIMIT ?`;
}

/** In a category are the stream of that very name and all between `name-` and the next character, `name.`. */
function valuesOf(filter: EventFilter | undefined): string[] {
  const categories = filter?.categories?.flatMap((name) => [name, `${name}-`, `${name}.`]) ?? [];
  return [...categories, ...(filter?.types ?? [])];
}

function toEvent([stream, revision, id, type, data, metadata, storedAt, position]: Row): RecordedEvent {
  return { id, type, data, metadata, stream, revision, position: formatPosition(position), storedAt };
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw storeError(failureOf(error, 'before commit'), error);
  }
}
