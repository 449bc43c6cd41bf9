import { StoreError } from '../port.ts';

const SCHEME = 'sqlite:';

/**
 * The file of `sqlite:<file>`, with `sqlite::memory:` for one in memory and `sqlite:///…` for an absolute path.
 * @returns undefined when the text names another kind of store
 * @throws StoreError `refused` when it names this kind and no file
 */
export function parseSqliteUrl(url: string): string | undefined {
  if (!url.startsWith(SCHEME)) return undefined;
  const rest = url.slice(SCHEME.length);
  if (rest.startsWith('///')) return rest.slice(2);
  if (rest === '' || rest.startsWith('//')) {
    throw new StoreError(
      'refused',
      `${url}: write sqlite:<file>, for example sqlite:data/ledger.db or sqlite:/srv/ledger.db`,
    );
  }
  return rest;
}
