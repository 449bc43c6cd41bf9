import { expectStatus, openApi } from '../harness/http.ts';
import { interleave } from '../harness/interleave.ts';
import { type RunningServer, startServer } from '../harness/server.ts';
import { openSide, type Side } from '../harness/side.ts';
import { figure, latencies, median, spread, spreadText } from '../harness/stats.ts';
import { type Benchmark, type BenchmarkOptions, judge, type Result } from './benchmark.ts';
import { gather } from './streams/crowd.ts';

const CLIENTS = new URL('./streams/clients.ts', import.meta.url);
const RES_WRITE = new URL('./servers/res-write.ts', import.meta.url);
const VOTERS = Array.from({ length: 25 }, (_, index) => `voter-${index + 1}`);
const POLICY = JSON.stringify({
  version: 1,
  groups: { all: VOTERS, sre: ['bob', 'carol'] },
  actions: {
    'vote.many': { approvers: { groups: ['all'] }, minApprovals: VOTERS.length },
    'deploy.shop': { approvers: { groups: ['sre'] } },
  },
});
const BODY = { action: 'deploy.shop', justification: 'The release that fixes the checkout' };
const AUDITOR = { sub: 'auditor-1', roles: ['auditor'] };
const PIPELINE = { sub: 'pipeline-1', roles: ['requester'], kind: 'machine' } as const;
const MAX_P99_MS = 15;
const PENDING = 200;
const STREAMS = 50;
const EVENTS_PER_SECOND = 100;

interface Delays {
  readonly delays: number[];
  readonly expected: number;
}

/** From a command to its event at the clients that listen. */
export const streams: Benchmark = {
  method:
    'A delay is from sending the POST (which is decided and on disk before anybody is told) to reading the frame from ' +
    'the socket, in one client process with one clock. Of many streams 100 are measured, spread over the order in which ' +
    'they were opened; the others are read and thrown away by other processes. The yardstick is the same server, up to ' +
    'the live feed; it then writes the same bytes by one `res.write` per client.',
  async run(options) {
    const server = await startServer({ policy: POLICY });
    const clients = await openSide(CLIENTS);
    try {
      const first = await approvals(server, clients, options);
      const sizes = options.quick ? [200] : [500, 2000];
      const rest: Result[] = [];
      for (const size of sizes) rest.push(...(await liveFeed(server, clients, size, options)));
      return [first, ...rest];
    } finally {
      await clients.close();
      await server.stop();
    }
  },
};

async function approvals(
  server: RunningServer,
  clients: Side,
  { quick, log }: BenchmarkOptions,
): Promise<Result> {
  const voters = await Promise.all(VOTERS.map((sub) => server.mint({ sub, roles: ['approver'] })));
  const runs: Delays[] = [];
  const perSecond = 50;
  for (let repetition = 1; repetition <= (quick ? 1 : 5); repetition++) {
    const requests = await askMany(server, PENDING);
    const asked = {
      url: server.url,
      requests: requests.slice(0, STREAMS),
      voters: voters.slice(0, quick ? 2 : 10),
      perSecond,
    };
    const run: Delays = await clients.ask('approve', asked);
    mustBeComplete(run);
    runs.push(run);
    log(`approve → state ${repetition}: P99 ${figure(latencies(run.delays).p99)} ms`);
  }
  const p99s = runs.map(({ delays }) => latencies(delays).p99);
  const p99 = median(p99s);
  return {
    what: `approve → \`state\` event, ${PENDING} pending, ${STREAMS} streams, ${perSecond} approvals/s`,
    yardstick: 'none: an absolute bound',
    ours: `P50 ${figure(median(runs.map(({ delays }) => latencies(delays).p50)))} ms, P99 ${spreadText(spread(p99s), ' ms')}`,
    theirs: '–',
    measured: `P99 ${figure(p99)} ms`,
    target: `P99 < ${MAX_P99_MS} ms`,
    reached: p99 < MAX_P99_MS,
  };
}

async function askMany(
  server: RunningServer,
  count: number,
): Promise<{ requestId: string; token: string }[]> {
  const token = await server.mint(PIPELINE);
  const api = openApi(server.url, 8);
  try {
    const body = { action: 'vote.many', params: { service: 'shop' } };
    const asked = Array.from({ length: count }, async () => {
      const reply = await api.send({ method: 'POST', path: '/api/guard/request', token, body });
      return expectStatus(reply, [201], 'create').body;
    });
    return await Promise.all(asked);
  } finally {
    await api.close();
  }
}

type Fan = 'ours' | 'resWrite';

async function liveFeed(
  server: RunningServer,
  clients: Side,
  size: number,
  { quick, log }: BenchmarkOptions,
): Promise<Result[]> {
  const frame = await captureFrame(server, clients);
  const resWrite = await startServer({ policy: POLICY, script: RES_WRITE });
  const seconds = quick ? 1 : 4;
  try {
    const results = await interleave<Fan, Delays>(
      quick ? 1 : 5,
      {
        resWrite: () => feedDelays(resWrite, clients, size, seconds),
        ours: () => feedDelays(server, clients, size, seconds),
      },
      (name, nth, { delays }) =>
        log(`${size} streams, ${name} ${nth}: P99 ${figure(latencies(delays).p99)} ms`),
    );
    return feedResults(results, size, Buffer.byteLength(frame));
  } finally {
    await resWrite.stop();
  }
}

async function captureFrame(server: RunningServer, clients: Side): Promise<string> {
  const token = await server.mint(AUDITOR);
  const requester = await server.mint(PIPELINE);
  return await clients.ask('capture', { url: server.url, token, requester, body: BODY });
}

async function feedDelays(
  server: RunningServer,
  clients: Side,
  size: number,
  seconds: number,
): Promise<Delays> {
  const crowd = await gather(clients, server, await server.mint(AUDITOR), size);
  try {
    const token = await server.mint(PIPELINE);
    const posting = { url: server.url, token, body: BODY, perSecond: EVENTS_PER_SECOND };
    await clients.ask('post', { ...posting, seconds: 1.5 });
    const run: Delays = await clients.ask('post', { ...posting, seconds });
    mustBeComplete(run);
    return run;
  } finally {
    await crowd.close();
  }
}

function feedResults(
  results: Readonly<Record<Fan, readonly Delays[]>>,
  size: number,
  bytes: number,
): Result[] {
  const p99s = (name: Fan) => results[name].map(({ delays }) => latencies(delays).p99);
  const text = (name: Fan) => {
    const p50 = figure(median(results[name].map(({ delays }) => latencies(delays).p50)));
    return `P50 ${p50} ms, P99 ${spreadText(spread(p99s(name)), ' ms')}`;
  };
  return [
    {
      what: `live feed, ${size.toLocaleString('en-US')} streams, ${EVENTS_PER_SECOND} events/s, frames of ${bytes} bytes`,
      yardstick: 'one `res.write` per client of the same bytes',
      ours: text('ours'),
      theirs: text('resWrite'),
      ...judge(median(p99s('ours')) / median(p99s('resWrite')), { atMost: 0.8 }),
    },
  ];
}

/** Delays of events that never came would be missing from the P99. */
function mustBeComplete({ delays, expected }: Delays): void {
  if (delays.length !== expected)
    throw new Error(`${delays.length} of ${expected} events reached their clients`);
}
