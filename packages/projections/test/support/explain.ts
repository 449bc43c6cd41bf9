import type { Value, ViewReader } from '../../src/read/reader.ts';
import type { Fed } from './handler.ts';

/** How the database goes about what is asked of a view. */
export function plansOf({ reader }: Fed, ask: (reader: ViewReader) => void): string[] {
  const found: string[] = [];
  const explain = (sql: string, values: readonly Value[]) =>
    found.push(
      ...reader.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values).map(({ detail }) => detail),
    );
  ask({
    ...(reader as ViewReader),
    all(sql, ...values) {
      explain(sql, values);
      return reader.all(sql, ...values);
    },
    get(sql, ...values) {
      explain(sql, values);
      return reader.get(sql, ...values);
    },
  });
  return found;
}
