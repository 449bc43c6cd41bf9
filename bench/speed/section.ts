import { markdownTable } from '../harness/table.ts';
import type { Benchmark, Result } from './benchmark.ts';

export interface Section {
  readonly name: string;
  readonly benchmark: Benchmark;
  readonly results: readonly Result[];
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
