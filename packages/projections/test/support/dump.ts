import Database from 'better-sqlite3';
import type { Projections } from '../../src/index.ts';

/** Every row of every table of a view file, in a fixed order, for comparing two files. */
export function dumpView(file: string): Record<string, unknown[]> {
  const db = new Database(file, { readonly: true });
  try {
    const tables = db
      .prepare<[], string>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'view' ORDER BY name",
      )
      .pluck()
      .all();
    return Object.fromEntries(
      tables.map((table) => [
        table,
        db
          .prepare(`SELECT * FROM ${table}`)
          .all()
          .map((row) => JSON.stringify(row))
          .sort(),
      ]),
    );
  } finally {
    db.close();
  }
}

export function viewFile(
  projections: Projections,
  dataDir: string,
  name: string,
  files: readonly string[],
): string {
  const own = files.filter((file) => file.startsWith(`${name}.`) && file.endsWith('.sqlite'));
  if (own.length !== 1)
    throw new Error(`${name} has ${own.length} files: ${own.join(', ')} (${projections.status().length})`);
  return `${dataDir}/views/${own[0]}`;
}
