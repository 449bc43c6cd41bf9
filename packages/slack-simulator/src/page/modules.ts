import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

/** `.ts` where the sources run as they stand, `.js` where they were built. */
export const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/**
 * The page's script: the modules under `browser/`, by path, as JavaScript. They import each other by the paths that they
 * have on disk, so a browser that fetches them by those paths finds them from sources and from a build alike.
 */
export function browserModules(): ReadonlyMap<string, string> {
  const folder = new URL('./browser/', import.meta.url);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith(EXTENSION) && !name.endsWith('.d.ts'));
  const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
  if (EXTENSION === '.js') return new Map(names.map((name) => [name, read(name)]));
  return quietly(() => new Map(names.map((name) => [name, stripTypeScriptTypes(read(name))])));
}

/** Node calls the function experimental in a warning of its own, although loading this very file went through it. */
function quietly<T>(work: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}
