import { parseArgs } from 'node:util';
import { writeSection } from '../harness/document.ts';
import { machineFacts } from '../harness/machine.ts';
import { textTable } from '../harness/table.ts';
import type { Benchmark } from './benchmark.ts';
import { create } from './create.ts';
import { decider } from './decider.ts';
import { dispatch } from './dispatch.ts';
import { memory } from './memory.ts';
import { rebuild } from './rebuild.ts';
import { sectionText, verdictOf } from './section.ts';
import { slack } from './slack.ts';
import { start } from './start.ts';
import { streams } from './streams.ts';
import { timers } from './timers.ts';

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  create,
  decider,
  dispatch,
  streams,
  rebuild,
  start,
  timers,
  memory,
  slack,
};
const HELP = `Measures Countersign against yardsticks in the same run. Names: ${Object.keys(BENCHMARKS).join(', ')}; none means all.

  --quick    small numbers: shows that everything runs, and says nothing about speed
  --write    puts the tables into docs/performance.md, between their markers
`;

await main();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  if (values.quick && values.write)
    throw new Error('--write with --quick would put figures that mean nothing into the document');
  const unknown = positionals.filter((name) => !Object.hasOwn(BENCHMARKS, name));
  if (unknown.length > 0) throw new Error(`no benchmark named ${unknown.join(', ')}\n\n${HELP}`);
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);
  for (const name of names) await measure(name, values.quick, values.write);
}

async function measure(name: string, quick: boolean, write: boolean): Promise<void> {
  const benchmark = BENCHMARKS[name] as Benchmark;
  const facts = machineFacts();
  process.stdout.write(`\n## ${name}\n${benchmark.method}\n${facts.join('; ')}\n\n`);
  const log = (text: string) => void process.stderr.write(`  ${text}\n`);
  const results = await benchmark.run({ quick, log });
  const head = ['what', 'yardstick', 'ours', 'theirs', 'ratio', 'to reach', ' '];
  const rows = results.map((result) => [
    result.what,
    result.yardstick,
    result.ours,
    result.theirs,
    result.measured ?? '–',
    result.target,
    verdictOf(result).replaceAll('*', ''),
  ]);
  process.stdout.write(`${textTable(head, rows)}\n`);
  for (const { note } of results) if (note !== undefined) process.stdout.write(`- ${note}\n`);
  if (!write) return;
  writeSection(name, sectionText({ name, benchmark, results }, `pnpm bench ${name} --write`, facts));
}
