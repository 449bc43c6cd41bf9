import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOCUMENT = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));

/** Puts a section into `docs/performance.md`. */
export function writeSection(name: string, text: string): void {
  const document = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '# Performance\n';
  writeFileSync(DOCUMENT, putBetween(document, name, text));
}

const marker = (name: string, end = '') => `<!-- ${end}bench:${name} -->`;

/** Puts a text between the markers of a name, or adds both at the end. What stands outside is left as it is. */
export function putBetween(document: string, name: string, text: string): string {
  const [open, close] = [marker(name), marker(name, '/')];
  const start = document.indexOf(open);
  const end = document.indexOf(close);
  if (start === -1 || end < start) return `${document.trimEnd()}\n\n${open}\n${text}\n${close}\n`;
  return `${document.slice(0, start + open.length)}\n${text}\n${document.slice(end)}`;
}
