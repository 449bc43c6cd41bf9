import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeEvent } from '@countersign/domain';
import { openSqliteStore, START } from '@countersign/event-store';
import { type Api, expectStatus, openApi } from '../harness/http.ts';
import { type RunningServer, startServer } from '../harness/server.ts';
import { openSide } from '../harness/side.ts';
import { figure, latencies, median, spread, spreadText } from '../harness/stats.ts';
import type { Benchmark, BenchmarkOptions, Result } from './benchmark.ts';

const HEAP = new URL('./timers/heap.ts', import.meta.url);
const MAX_P99_MS = 20;
/** Creating them all must be over before the first is due. */
const HEAD_START_SEC = 20;

interface Lateness {
  /** From the due time to the time that the recorded expiry states; milliseconds. */
  readonly fired: number[];
  /** From the due time to the moment the store took the expiry. */
  readonly recorded: number[];
}

/** How late `countersign serve` expires requests. */
export const timers: Benchmark = {
  method:
    'Requests whose deadlines are spread evenly over the time, on a real `countersign serve`; read afterwards from the ' +
    'ledger: the time each expiry states, and the time it was stored, against the deadline. Times are whole milliseconds.',
  async run(options) {
    const { quick, log } = options;
    const [count, spreadSec, repetitions] = quick ? [400, 4, 1] : [10_000, 60, 2];
    const ours: Lateness[] = [];
    const theirs: number[][] = [];
    for (let repetition = 1; repetition <= repetitions; repetition++) {
      ours.push(await expiries(count, spreadSec, options));
      const side = await openSide(HEAP);
      theirs.push(await side.ask('run', { count, spreadMs: spreadSec * 1000 }));
      await side.close();
      log(`repetition ${repetition} of ${repetitions} done`);
    }
    return judgeLateness(count, spreadSec, ours, theirs);
  },
};

function judgeLateness(count: number, spreadSec: number, ours: Lateness[], theirs: number[][]): Result[] {
  const what = `${count.toLocaleString('en-US')} deadlines due over ${spreadSec} s`;
  const yardstick = 'a heap with one timer and a clock check, no store';
  const p99 = (samples: readonly number[]) => latencies(samples).p99;
  const early = ours.flatMap(({ fired }) => fired).filter((late) => late < 0).length;
  const text = (runs: readonly (readonly number[])[]) => {
    const p50 = figure(median(runs.map((run) => latencies(run).p50)));
    return `P50 ${p50} ms, P99 ${spreadText(spread(runs.map(p99)), ' ms')}`;
  };
  const recorded = ours.map((run) => run.recorded);
  const worst = median(recorded.map(p99));
  return [
    {
      what: `${what}: fired`,
      yardstick,
      ours: text(ours.map(({ fired }) => fired)),
      theirs: text(theirs),
      measured: `${early} early`,
      target: 'none early',
      reached: early === 0,
    },
    {
      what: `${what}: on disk`,
      yardstick,
      ours: text(recorded),
      theirs: text(theirs),
      measured: `P99 ${figure(worst)} ms`,
      target: `P99 < ${MAX_P99_MS} ms`,
      reached: worst < MAX_P99_MS,
      note: `${ours.length} repetition(s), since each takes more than a minute.`,
    },
  ];
}

async function expiries(count: number, spreadSec: number, { log }: BenchmarkOptions): Promise<Lateness> {
  const server = await startServer({ policy: policyFor(spreadSec) });
  const api = openApi(server.url, 32);
  try {
    const last = await createAll(server, api, count, spreadSec);
    log(`${count} created; waiting for the last deadline`);
    await sleep(Math.max(0, last - Date.now()));
    return await readLateness(join(server.dataDir, 'ledger.db'), count);
  } finally {
    await api.close();
    await server.stop();
  }
}

/** One action per second of the time to wait: the second comes from the policy, the millisecond from the creation. */
function policyFor(spreadSec: number): string {
  const seconds = Array.from({ length: spreadSec }, (_, index) => HEAD_START_SEC + index);
  const actions = seconds.map((timeoutSec) => [
    `due.${timeoutSec}`,
    { approvers: { groups: ['sre'] }, timeoutSec },
  ]);
  return JSON.stringify({
    version: 1,
    groups: { sre: ['bob', 'carol'] },
    actions: Object.fromEntries(actions),
  });
}

/** @returns the last deadline, milliseconds since 1970 */
async function createAll(server: RunningServer, api: Api, count: number, spreadSec: number): Promise<number> {
  const token = await server.mint({ sub: 'pipeline-1', roles: ['requester'], kind: 'machine' });
  const queue = Array.from({ length: count }, (_, index) => index).values();
  const began = Date.now();
  let last = 0;
  const work = async (): Promise<void> => {
    for (const index of queue) {
      const body = { action: `due.${HEAD_START_SEC + (index % spreadSec)}`, params: { index } };
      const reply = await api.send({ method: 'POST', path: '/api/guard/request', token, body });
      last = Math.max(last, Date.parse(expectStatus(reply, [201], 'create').body.expiresAt));
    }
  };
  await Promise.all(Array.from({ length: 32 }, work));
  const took = Date.now() - began;
  if (took > (HEAD_START_SEC - 1) * 1000)
    throw new Error(`creating took ${took} ms: the first were due meanwhile`);
  return last;
}

/** Reads the ledger until it holds every expiry: a request whose deadline has passed reads expired before that. */
async function readLateness(file: string, count: number): Promise<Lateness> {
  const store = await openSqliteStore(file);
  try {
    const lateness: Lateness = { fired: [], recorded: [] };
    let after = START;
    for (const deadline = Date.now() + 30_000; lateness.fired.length < count; ) {
      const page = await store.readLog(after, 5000, { types: ['RequestExpired'] });
      for (const recorded of page.events) {
        const event = decodeEvent(recorded);
        if (event.type !== 'RequestExpired') throw new Error(`read a ${event.type}`);
        const due = Date.parse(event.data.expiresAt);
        lateness.fired.push(Date.parse(event.data.at) - due);
        lateness.recorded.push(recorded.storedAt - due);
      }
      after = page.position;
      if (Date.now() > deadline)
        throw new Error(`${lateness.fired.length} of ${count} expiries are recorded`);
      if (page.end) await sleep(200);
    }
    return lateness;
  } finally {
    await store.close();
  }
}
