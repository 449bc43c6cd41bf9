import Database, { type Statement } from 'better-sqlite3';
import { ViewUnavailable } from '../runtime/errors.ts';
import { messageOf, sqliteCode } from '../runtime/sqlite-error.ts';

export type Value = string | number | null;

/** The file of one view that is in force, read-only, in the calling thread. */
export interface ViewReader {
  readonly projection: string;
  /** Rows of a statement, which is prepared once per file. @throws ViewUnavailable */
  all<Row>(sql: string, ...values: readonly Value[]): Row[];
  get<Row>(sql: string, ...values: readonly Value[]): Row | undefined;
  /** Rows one by one. Nothing else may be asked of the reader until the iteration has ended. */
  each<Row>(sql: string, values: readonly Value[], visit: (row: Row) => void): void;
  /** Several reads of one and the same state of the view. */
  together<T>(read: () => T): T;
}

export interface SwitchableReader extends ViewReader {
  readonly readable: boolean;
  /** Reads go to this file from now on; the one before is closed. If it cannot be opened, the next read tries again. */
  switchTo(file: string): void;
  close(): void;
}

/** Statements kept per file; the oldest go when queries of many shapes have been asked. */
const MAX_STATEMENTS = 200;

export function createReader(projection: string): SwitchableReader {
  let file: string | undefined;
  let db: Database.Database | undefined;
  let statements = new Map<string, Statement<unknown[], unknown>>();

  function opened(): Database.Database {
    if (file === undefined) {
      throw new ViewUnavailable(projection, 'it is still being built for the first time');
    }
    try {
      db ??= new Database(file, { readonly: true, fileMustExist: true, timeout: 1000 });
      return db;
    } catch (error) {
      throw new ViewUnavailable(projection, messageOf(error), { cause: error });
    }
  }

  function prepared(sql: string): Statement<unknown[], unknown> {
    const known = statements.get(sql);
    if (known) return known;
    const statement = opened().prepare(sql);
    const oldest = statements.keys().next().value;
    if (statements.size >= MAX_STATEMENTS && oldest !== undefined) statements.delete(oldest);
    statements.set(sql, statement);
    return statement;
  }

  function reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (sqliteCode(error) === undefined) throw error;
      throw new ViewUnavailable(projection, messageOf(error), { cause: error });
    }
  }

  return {
    projection,
    get readable() {
      return file !== undefined;
    },
    all: <Row>(sql: string, ...values: readonly Value[]) =>
      reading(() => prepared(sql).all(...values) as Row[]),
    get: <Row>(sql: string, ...values: readonly Value[]) =>
      reading(() => prepared(sql).get(...values) as Row | undefined),
    each<Row>(sql: string, values: readonly Value[], visit: (row: Row) => void) {
      reading(() => {
        for (const row of prepared(sql).iterate(...values)) visit(row as Row);
      });
    },
    together: <T>(read: () => T) => reading(() => opened().transaction(read).deferred()),
    switchTo(next) {
      db?.close();
      db = undefined;
      statements = new Map();
      file = next;
      try {
        opened();
      } catch (error) {
        // Too many open files, for one. Whoever reads is told, by an attempt of their own.
        if (!(error instanceof ViewUnavailable)) throw error;
      }
    },
    close() {
      file = undefined;
      db?.close();
      db = undefined;
      statements = new Map();
    },
  };
}
