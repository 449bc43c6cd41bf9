import { interleave } from '../harness/interleave.ts';
import { openSide } from '../harness/side.ts';
import { figure, median, spread, spreadText } from '../harness/stats.ts';
import { installPeers } from '../peers/load.ts';
import { eventsOf, MILLION, type SeedSize, SMALL } from '../seed/ledger.ts';
import { seededFolder } from '../seed/views.ts';
import { type Benchmark, type BenchmarkOptions, judge, type Result } from './benchmark.ts';

const OURS = new URL('./rebuild/ours.ts', import.meta.url);
const FOLD = new URL('./rebuild/fold.ts', import.meta.url);
const EMMETT = new URL('../peers/emmett-rebuild.ts', import.meta.url);
/** 40,000 events of 10,000 requests. */
const SMALLER: SeedSize = { pending: 4_000, decided: 6_000 };

interface Rebuilt {
  readonly events: number;
  readonly milliseconds: number;
  readonly peakMb?: number;
}

/** The requests view, built anew from the whole ledger. */
export const rebuild: Benchmark = {
  method:
    'The requests view is built anew beside the one in force, as an analyst would ask for it; the time is from the ' +
    'order to the swap. Each side in a process of its own; the files are in the page cache on both sides.',
  async run(options) {
    const size = options.quick ? SMALL : MILLION;
    return [
      ...(await againstFold(size, options)),
      ...(await againstEmmett(options.quick ? SMALL : SMALLER, options)),
    ];
  },
};

async function againstFold(size: SeedSize, options: BenchmarkOptions): Promise<Result[]> {
  const folder = await seededFolder(size, options.log);
  const results = await compare({ ours: OURS, fold: FOLD }, folder, options.quick ? 2 : 5, options);
  const peak = Math.max(...results.ours.map(({ peakMb = 0 }) => peakMb));
  return [
    {
      what: `rebuild of the requests view, ${eventsOf(size).toLocaleString('en-US')} events`,
      yardstick: 'reading, parsing and folding the same rows into a Map, writing nothing',
      ours: rateText(results.ours),
      theirs: rateText(results.fold),
      ...judge(rate(results.ours) / rate(results.fold), { atLeast: 0.6 }),
      note: `Peak resident memory of the rebuilding process over all repetitions: ${figure(peak)} MB.`,
    },
  ];
}

async function againstEmmett(size: SeedSize, options: BenchmarkOptions): Promise<Result[]> {
  const what = `rebuild of the requests view, ${eventsOf(size).toLocaleString('en-US')} events`;
  const yardstick = 'the rebuild of a SQLite projection of Emmett 0.42 (batches of 1000, no pauses)';
  const missing = await installPeers(options.log);
  if (missing !== undefined)
    return [{ what, yardstick, ours: '–', theirs: `skipped: ${missing}`, target: '≥ 50 ×' }];
  const folder = await seededFolder(size, options.log);
  const results = await compare({ ours: OURS, emmett: EMMETT }, folder, options.quick ? 2 : 3, options);
  return [
    {
      what,
      yardstick,
      ours: rateText(results.ours),
      theirs: rateText(results.emmett),
      ...judge(rate(results.ours) / rate(results.emmett), { atLeast: 50 }),
      note: 'Against Emmett three repetitions, since each of its rebuilds takes long.',
    },
  ];
}

async function compare<K extends string>(
  scripts: Readonly<Record<K, URL>>,
  folder: string,
  repetitions: number,
  { log }: BenchmarkOptions,
): Promise<Record<K, Rebuilt[]>> {
  const names = Object.keys(scripts) as K[];
  const opened = await Promise.all(names.map((name) => openSide(scripts[name], { args: [folder] })));
  try {
    const sides = Object.fromEntries(
      names.map((name, index) => [name, () => opened[index]?.ask('run') as Promise<Rebuilt>]),
    ) as Record<K, () => Promise<Rebuilt>>;
    for (const warmUp of Object.values<() => Promise<Rebuilt>>(sides)) await warmUp();
    return await interleave(repetitions, sides, (name, nth, one) =>
      log(`${name} ${nth}: ${figure(rate([one]))} events/s`),
    );
  } finally {
    for (const side of opened) await side.close();
  }
}

function rate(results: readonly Rebuilt[]): number {
  return median(results.map(({ events, milliseconds }) => events / (milliseconds / 1000)));
}

function rateText(results: readonly Rebuilt[]): string {
  return `${spreadText(spread(results.map((result) => rate([result]))))} events/s`;
}
