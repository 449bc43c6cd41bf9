import { readFileSync } from 'node:fs';
import { EXIT } from '../exit-codes.ts';
import { type Format, present } from '../output/format.ts';
import type { Io } from '../output/io.ts';

export function ownVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** `countersign version`. */
export function version(io: Io, { output }: { readonly output: Format }): number {
  const facts = {
    version: ownVersion(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
  present(io, output, facts, () => `countersign ${facts.version} (Node ${facts.node}, ${facts.platform})`);
  return EXIT.ok;
}
