import { writeFile } from 'node:fs/promises';
import { usageError } from '../cli-error.ts';
import type { ConnectOptions } from '../client/connect.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptible } from '../interrupt.ts';
import { type Format, present } from '../output/format.ts';
import type { Io } from '../output/io.ts';
import { table } from '../output/table.ts';
import { parseDuration } from '../requests/duration.ts';
import { everybody } from '../smoke/people.ts';
import { drive, type Plan } from './drive.ts';
import type { LoadName } from './scenarios.ts';
import { type Summary, summarise, toCsv } from './timing.ts';

export interface LoadOptions extends ConnectOptions {
  readonly output: Format;
  readonly requests: string;
  readonly concurrency: string;
  readonly scenario: LoadName;
  readonly ramp: string;
  readonly slackLatency: string;
  readonly csv?: string;
}

/** `countersign load`: so many requests, so many at a time. Exit code 1 when any call failed. */
export async function load(io: Io, options: LoadOptions): Promise<number> {
  const plan = {
    requests: count('--requests', options.requests),
    concurrency: count('--concurrency', options.concurrency),
    scenario: options.scenario,
    rampMs: parseDuration(options.ramp),
    thinkMs: parseDuration(options.slackLatency),
  };
  const people = await everybody(options, io.env);
  const { signal, release } = interruptible(() => 'interrupted');
  try {
    const { samples, failures, seconds } = await drive(people, plan, signal);
    if (options.csv !== undefined) await writeFile(options.csv, toCsv(samples));
    return report(io, options.output, { ...plan, seconds, failures, calls: summarise(samples, seconds) });
  } finally {
    release();
  }
}

function count(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 10_000_000) return value;
  throw usageError(`${option} must be a whole number of 1 or more, not ${text}`);
}

interface Result extends Plan {
  readonly seconds: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly calls: readonly Summary[];
}

function report(io: Io, output: Format, result: Result): number {
  const { requests, scenario, concurrency, seconds, calls, failures } = result;
  present(io, output, result, () =>
    table(
      ['CALL', 'COUNT', 'ERRORS', 'PER SECOND', 'P50 ms', 'P95 ms', 'P99 ms', 'MAX ms'],
      calls.map(({ call, ...figures }) => [call, ...Object.values(figures).map(String)]),
    ),
  );
  io.say(`load: ${requests} × ${scenario}, ${concurrency} at a time, in ${seconds.toFixed(1)} s`);
  for (const [message, times] of Object.entries(failures)) io.say(`  failed ${times} times: ${message}`);
  return Object.keys(failures).length === 0 ? EXIT.ok : EXIT.error;
}
