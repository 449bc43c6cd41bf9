import { setTimeout as sleep } from 'node:timers/promises';
import { interleave } from '../harness/interleave.ts';
import { type LoadClient, type LoadResult, loadClient } from '../harness/load/load.ts';
import { type RunningServer, startServer } from '../harness/server.ts';
import { figure, median, spread, spreadText } from '../harness/stats.ts';
import { SEED_POLICY } from '../seed/policy.ts';
import { type Benchmark, type BenchmarkOptions, judge, type Result } from './benchmark.ts';
import { CREATE_BODY } from './create/body.ts';

const BARE = new URL('./servers/bare-express.ts', import.meta.url);
const ONE_BY_ONE = new URL('./servers/one-by-one.ts', import.meta.url);

/** `POST /api/guard/request`: token checked, body validated, policy applied, decided, on disk, answered. */
export const create: Benchmark = {
  method:
    '`POST /api/guard/request` on a real `countersign serve` with its defaults (projections, metrics, log lines to a ' +
    'file), rate limit out of reach. Between two loads the projections catch up, so that none works into the next.',
  async run(options) {
    const servers = {
      ours: await startServer({ policy: SEED_POLICY }),
      bare: await startServer({ policy: SEED_POLICY, script: BARE }),
      oneByOne: await startServer({ policy: SEED_POLICY, script: ONE_BY_ONE }),
    };
    try {
      const client = loadClient();
      return [
        ...(await compare(servers, client, 40, options)),
        ...(await compare(servers, client, 200, options)),
      ];
    } finally {
      for (const server of Object.values(servers)) await server.stop();
    }
  },
};

type Name = 'ours' | 'bare' | 'oneByOne';

async function compare(
  servers: Readonly<Record<Name, RunningServer>>,
  client: LoadClient,
  connections: number,
  { quick, log }: BenchmarkOptions,
): Promise<Result[]> {
  const seconds = quick ? 1 : 5;
  const load = async (server: RunningServer, duration: number) => {
    const token = await server.mint({ sub: 'pipeline-1', roles: ['requester'], kind: 'machine' });
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
    const target = { url: `${server.url}/api/guard/request`, headers, body: CREATE_BODY };
    const result = await client.run(target, connections, duration);
    await untilCaughtUp(server);
    return result;
  };
  for (const server of Object.values(servers)) await load(server, quick ? 1 : 3);
  const results = await interleave<Name, LoadResult>(
    quick ? 2 : 5,
    {
      bare: () => load(servers.bare, seconds),
      ours: () => load(servers.ours, seconds),
      oneByOne: () => load(servers.oneByOne, seconds),
    },
    (name, nth, { perSecond, p95 }) =>
      log(`${connections} connections, ${name} ${nth}: ${figure(perSecond)}/s, P95 ${figure(p95)} ms`),
  );
  return table(results, connections, client.name);
}

function table(
  results: Readonly<Record<Name, readonly LoadResult[]>>,
  connections: number,
  client: string,
): Result[] {
  const what = `durable create over HTTP, ${connections} connections`;
  const of = (name: Name, key: keyof LoadResult) => results[name].map((result) => result[key]);
  const rate = (name: Name) => `${spreadText(spread(of(name, 'perSecond')))} /s`;
  const p95 = (name: Name) => `P95 ${spreadText(spread(of(name, 'p95')), ' ms')}`;
  const ratio = (name: Name, key: keyof LoadResult) => median(of('ours', key)) / median(of(name, key));
  const bare = 'E: bare express 5 + zod, stores nothing';
  return [
    {
      what,
      yardstick: bare,
      ours: rate('ours'),
      theirs: rate('bare'),
      ...judge(ratio('bare', 'perSecond'), { atLeast: 0.5 }),
      note: `Load client at ${connections} connections: ${client}.`,
    },
    {
      what: `${what}, P95`,
      yardstick: bare,
      ours: p95('ours'),
      theirs: p95('bare'),
      ...judge(ratio('bare', 'p95'), { atMost: 3 }),
    },
    {
      what,
      yardstick: 'the same server with one transaction per request',
      ours: rate('ours'),
      theirs: rate('oneByOne'),
      ...judge(ratio('oneByOne', 'perSecond'), { atLeast: 3.5 }),
    },
  ];
}

/** Resolves once no view is behind; the bare server has none. */
async function untilCaughtUp({ url }: RunningServer): Promise<void> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(50)) {
    const { projections = [] } = (await (await fetch(`${url}/readyz`)).json()) as {
      projections?: { lagEvents: number; state: string }[];
    };
    if (projections.every(({ lagEvents, state }) => lagEvents === 0 && state === 'running')) return;
  }
  throw new Error('the projections did not catch up within two minutes');
}
