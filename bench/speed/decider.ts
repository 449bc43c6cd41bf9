import type { LoopResult } from '../harness/closed-loop.ts';
import { interleave } from '../harness/interleave.ts';
import { type Postgres, startPostgres } from '../harness/postgres.ts';
import { openSide, type Side } from '../harness/side.ts';
import { figure, median, spread, spreadText } from '../harness/stats.ts';
import { installPeers } from '../peers/load.ts';
import { type Benchmark, type BenchmarkOptions, judge, type Result } from './benchmark.ts';

const OURS = new URL('./decider/ours.ts', import.meta.url);
const SQLITE = new URL('../peers/emmett-sqlite.ts', import.meta.url);
const POSTGRES = new URL('../peers/emmett-postgresql.ts', import.meta.url);

/** Load, decide, append: how many commands a second, each on disk before it is answered. */
export const decider: Benchmark = {
  method:
    'Each client asks, approves and approves again on a request of its own, then begins another. All sides call the ' +
    'same `decide` and `evolve`, each in a process of its own; no HTTP.',
  async run(options) {
    const missing = await installPeers(options.log);
    const postgres = missing ?? (await startPostgres());
    const sides: Record<string, Side> = { ours: await openSide(OURS) };
    try {
      if (!missing) sides.sqlite = await openSide(SQLITE);
      if (typeof postgres !== 'string') sides.postgres = await openSide(POSTGRES, { args: [postgres.url] });
      return [
        ...(await compare(sides, postgres, missing, 32, options)),
        ...(await compare(sides, postgres, missing, 1, options)),
      ];
    } finally {
      for (const side of Object.values(sides)) await side.close();
      if (typeof postgres !== 'string') await postgres.stop();
    }
  },
};

async function compare(
  { ours, sqlite, postgres }: Readonly<Record<string, Side>>,
  server: Postgres | string,
  missing: string | undefined,
  clients: number,
  { quick, log }: BenchmarkOptions,
): Promise<Result[]> {
  const seconds = quick ? 0.3 : 3;
  const repetitions = quick ? 2 : 5;
  const ask = (side: Side, how?: string) => () =>
    side.ask('run', { clients, seconds, how }) as Promise<LoopResult>;
  const sides: Record<string, () => Promise<LoopResult>> = {
    ...(ours && { cached: ask(ours, 'cached'), loading: ask(ours, 'loading') }),
    ...(sqlite && { sqlite: ask(sqlite) }),
    ...(postgres && { postgres: ask(postgres) }),
  };
  for (const warmUp of Object.values(sides)) await warmUp();
  const results = await interleave(repetitions, sides, (name, nth, { perSecond }) =>
    log(`${clients} at once, ${name} ${nth}: ${figure(perSecond)}/s`),
  );
  const what = clients === 1 ? 'load–decide–append, one at a time' : `load–decide–append, ${clients} at once`;
  const line = (name: string) => textOf(results[name] ?? []);
  const rate = (name: string) => median((results[name] ?? []).map(({ perSecond }) => perSecond));
  const versus = (name: string, yardstick: string, atLeast: number): Result => ({
    what,
    yardstick,
    ours: line('cached'),
    theirs: line(name),
    ...judge(rate('cached') / rate(name), { atLeast }),
  });
  const skipped = (yardstick: string, why: string, target: string): Result => ({
    what,
    yardstick,
    ours: line('cached'),
    theirs: `skipped: ${why}`,
    target,
  });

  const emmettSqlite = 'Emmett 0.42.0 on its SQLite store 0.42.4, one shared connection, commands queued';
  const emmettPostgres = `Emmett 0.42.0 on its PostgreSQL store${typeof server === 'string' ? '' : ` (${server.version})`}, defaults`;
  const rows: Result[] = [
    sqlite
      ? versus('sqlite', emmettSqlite, clients === 1 ? 3 : 20)
      : skipped(emmettSqlite, missing ?? '', clients === 1 ? '≥ 3 ×' : '≥ 20 ×'),
  ];
  if (clients > 1) {
    rows.push(
      postgres
        ? versus('postgres', emmettPostgres, 12)
        : skipped(emmettPostgres, typeof server === 'string' ? server : '', '≥ 12 ×'),
    );
  }
  const { reached: _none, ...information } = versus(
    'loading',
    'the same without states kept in memory: every command reads its stream',
    1,
  );
  rows.push({ ...information, target: 'for information' });
  return rows;
}

function textOf(results: readonly LoopResult[]): string {
  const rate = spreadText(spread(results.map(({ perSecond }) => perSecond)));
  const p99 = figure(median(results.map(({ latency }) => latency.p99)));
  return `${rate} /s, P99 ${p99} ms`;
}
