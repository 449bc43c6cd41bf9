/**
 * Rows of one table, folded in memory and written once per flush however many events changed them. Rows just written
 * stay, up to a bound, because the next events of a stream mostly follow soon; the longest untouched go first.
 */
export interface RowCache<Row> {
  /** The row as all events so far have made it; undefined when there is none. */
  get(key: string): Row | undefined;
  /** A row that the table does not hold yet. */
  add(key: string, row: Row): void;
  /** The row got from `get` has been changed in place. */
  changed(key: string): void;
  readonly pending: number;
  flush(): void;
  clear(): void;
}

export interface RowTable<Row> {
  load(key: string): Row | undefined;
  /** Nothing much will happen to it any more: it is not kept in memory. */
  finished?(row: Row): boolean;
  insert(row: Row): void;
  update(row: Row): void;
}

interface Entry<Row> {
  readonly key: string;
  readonly row: Row;
  state: 'new' | 'changed' | 'clean';
}

export function createRowCache<Row>(table: RowTable<Row>, keep: number): RowCache<Row> {
  // A Map iterates in the order of insertion: taking an entry out and putting it back makes it the youngest.
  const entries = new Map<string, Entry<Row>>();
  let dirty: Entry<Row>[] = [];

  const find = (key: string): Entry<Row> | undefined => {
    const known = entries.get(key);
    if (known) return known;
    const row = table.load(key);
    if (row === undefined) return undefined;
    const entry: Entry<Row> = { key, row, state: 'clean' };
    entries.set(key, entry);
    return entry;
  };

  return {
    get: (key) => find(key)?.row,
    add(key, row) {
      const entry: Entry<Row> = { key, row, state: 'new' };
      entries.set(key, entry);
      dirty.push(entry);
    },
    changed(key) {
      const entry = entries.get(key);
      if (entry?.state !== 'clean') return;
      entry.state = 'changed';
      dirty.push(entry);
      entries.delete(key);
      entries.set(key, entry);
    },
    get pending() {
      return dirty.length;
    },
    flush() {
      for (const entry of dirty) {
        if (entry.state === 'new') table.insert(entry.row);
        else table.update(entry.row);
        entry.state = 'clean';
        if (table.finished?.(entry.row)) entries.delete(entry.key);
      }
      dirty = [];
      for (const key of entries.keys()) {
        if (entries.size <= keep) break;
        entries.delete(key);
      }
    },
    clear() {
      entries.clear();
      dirty = [];
    },
  };
}
