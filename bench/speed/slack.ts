import { expectStatus, openApi } from '../harness/http.ts';
import { type RunningServer, startServer } from '../harness/server.ts';
import { openSide } from '../harness/side.ts';
import { figure, latencies, median, spread, spreadText } from '../harness/stats.ts';
import type { Benchmark, BenchmarkOptions, Result } from './benchmark.ts';

const WORKSPACE = new URL('./slack/workspace.ts', import.meta.url);
const BARE_BOLT = new URL('./servers/bare-bolt.ts', import.meta.url);
const PIPELINE = { sub: 'pipeline-1', roles: ['requester'], kind: 'machine' } as const;
const VOTERS = 25;
const CHANNELS = 20;
const LATENCY_MS = 150;
const MAX_P99_MS = 500;

interface Workspace {
  readonly apiUrl: string;
  readonly teamId: string;
  readonly botToken: string;
  readonly signingSecret: string;
}

/** From a click to Slack being answered, while every click is a vote, and every vote is drawn and replied to. */
export const slack: Benchmark = {
  method:
    `A simulated workspace in a process of its own answers every call after ${LATENCY_MS} ms. ${CHANNELS} requests in as ` +
    `many channels each want ${VOTERS} approvals; every voter clicks Approve on every message once, at a steady pace. ` +
    'Measured is the time from sending the signed click to its answer; afterwards every request must be approved. The ' +
    'yardstick is Bolt alone, which checks the signature, answers, and does nothing, with the same clicks.',
  async run(options) {
    const results: Result[] = [];
    for (const perSecond of options.quick ? [50] : [50, 200]) results.push(await clicks(perSecond, options));
    return results;
  },
};

async function clicks(perSecond: number, { quick, log }: BenchmarkOptions): Promise<Result> {
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let repetition = 1; repetition <= (quick ? 1 : 5); repetition++) {
    ours.push(await p99(perSecond, undefined));
    bare.push(await p99(perSecond, BARE_BOLT));
    log(
      `${perSecond} clicks/s ${repetition}: ${figure(ours.at(-1) ?? 0)} ms, bare ${figure(bare.at(-1) ?? 0)} ms`,
    );
  }
  const measured = median(ours);
  return {
    what: `click → answer, ${perSecond} clicks/s, ${VOTERS * CHANNELS} clicks, P99`,
    yardstick: 'Bolt alone',
    ours: spreadText(spread(ours), ' ms'),
    theirs: spreadText(spread(bare), ' ms'),
    measured: `P99 ${figure(measured)} ms`,
    target: `P99 < ${MAX_P99_MS} ms`,
    reached: measured < MAX_P99_MS,
  };
}

/** @param script another server, which is given the messages of ours to click on */
async function p99(perSecond: number, script: URL | undefined): Promise<number> {
  const workspace = await openSide(WORKSPACE);
  const opened: Workspace = await workspace.ask('open', { people: VOTERS, latencyMs: LATENCY_MS });
  const server = await startServer({ policy: policyOf(opened.teamId), env: slackEnv(opened) });
  const bare = script && (await startServer({ policy: '', env: slackEnv(opened), script }));
  try {
    await workspace.ask('deliverTo', `${(bare ?? server).url}/slack/events`);
    const asked = await ask(server);
    const channels = asked.map((_, index) => `c${index}`);
    const messages: string[] = await workspace.ask('posted', channels);
    const times: number[] = await workspace.ask('click', { channels, messages, voters: VOTERS, perSecond });
    if (!bare) await mustBeApproved(server, asked);
    return latencies(times).p99;
  } finally {
    await bare?.stop();
    await server.stop();
    await workspace.close();
  }
}

function slackEnv({ apiUrl, botToken, signingSecret }: Workspace): Record<string, string> {
  return { SLACK: '', SLACK_API_URL: apiUrl, SLACK_BOT_TOKEN: botToken, SLACK_SIGNING_SECRET: signingSecret };
}

function policyOf(teamId: string): string {
  const voters = Array.from({ length: VOTERS }, (_, index) => `voter-${index + 1}`);
  const idOf = (index: number) => `${teamId}/U${String(index + 1).padStart(5, '0')}`;
  const action = (index: number) => ({
    approvers: { groups: ['all'] },
    minApprovals: VOTERS,
    slack: { channel: `#c${index}` },
  });
  return JSON.stringify({
    version: 1,
    groups: { all: voters },
    people: Object.fromEntries(voters.map((name, index) => [name, { slack: idOf(index) }])),
    actions: Object.fromEntries(
      Array.from({ length: CHANNELS }, (_, index) => [`vote.c${index}`, action(index)]),
    ),
  });
}

interface Asked {
  readonly token: string;
}

async function ask(server: RunningServer): Promise<Asked[]> {
  const token = await server.mint(PIPELINE);
  const api = openApi(server.url, 8);
  try {
    const all = Array.from({ length: CHANNELS }, async (_, index) => {
      const body = { action: `vote.c${index}`, params: { service: 'shop' } };
      return expectStatus(
        await api.send({ method: 'POST', path: '/api/guard/request', token, body }),
        [201],
        'create',
      ).body as Asked;
    });
    return await Promise.all(all);
  } finally {
    await api.close();
  }
}

async function mustBeApproved(server: RunningServer, asked: readonly Asked[]): Promise<void> {
  for (const { token } of asked) {
    const answer = await fetch(`${server.url}/api/guard/wait?token=${token}&timeoutSec=20`);
    const { status } = (await answer.json()) as { status: string };
    if (status !== 'approved') throw new Error(`after all clicks a request is ${status}`);
  }
}
