import { markdownTable } from '../harness/table.ts';
import type { Benchmark, Result } from './benchmark.ts';

export interface Section {
  readonly name: string;
  readonly benchmark: Benchmark;
  readonly results: readonly Result[];
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

export function sectionText(
  { name, benchmark, results }: Section,
  command: string,
  facts: readonly string[],
): string {
  const head = ['what', 'yardstick in the same run', 'ours', 'yardstick', 'ratio', 'to reach', ''];
  const rows = results.map((result) => [
    result.what,
    result.yardstick,
    result.ours,
    result.theirs,
    result.measured ?? '–',
    result.target,
    verdictOf(result),
  ]);
  const notes = results.flatMap(({ note }) => (note === undefined ? [] : [`- ${note}`]));
  return [
    `### ${name}`,
    '',
    benchmark.method,
    '',
    markdownTable(head, rows),
    '',
    ...(notes.length > 0 ? [...notes, ''] : []),
    `\`${command}\` on ${new Date().toISOString().slice(0, 10)}; ${facts.join('; ')}.`,
  ].join('\n');
}

export function verdictOf({ reached, measured, target }: Result): string {
  if (reached === undefined) return measured === undefined && target !== 'for information' ? 'skipped' : '';
  return reached ? 'reached' : '**not reached**';
}
