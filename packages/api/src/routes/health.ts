import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import { HashText } from '../present/shapes.ts';
import { sendJson } from '../server/send.ts';
import type { Route } from './route.ts';

/** Whoever asks for health asks often, and does not wait long. */
const TIMEOUT_MS = 2000;

const Check = z.strictObject({ status: z.enum(['ok', 'degraded', 'error']) });
const PolicyCheck = Check.extend({ hash: HashText.optional() });
const ViewCheck = z.strictObject({
  name: z.string(),
  state: z.string(),
  readable: z.boolean(),
  lagEvents: z.number(),
  lagSeconds: z.number(),
});

const ConnectorsCheck = Check.extend({
  each: z
    .record(z.string(), z.strictObject({ status: z.enum(['ok', 'error', 'unconfigured']) }))
    .meta({ description: 'by name; `unconfigured`: it has no credentials, and would refuse every step' }),
});

type ConnectorsHealth = z.output<typeof ConnectorsCheck>;

const Ready = z.strictObject({
  status: z.enum(['ready', 'not_ready']),
  policy: PolicyCheck,
  store: Check,
  projections: z.array(ViewCheck),
});

const Health = z.strictObject({
  status: z.enum(['ok', 'degraded', 'error']),
  checks: z.strictObject({
    policy: PolicyCheck,
    store: Check,
    projections: Check,
    feed: Check,
    slack: Check.optional().meta({ description: 'absent where Slack is not connected' }),
    connectors: ConnectorsCheck.optional().meta({ description: 'absent where nothing is carried out' }),
  }),
});

type Level = z.output<typeof Check>['status'];

/** The process answers. */
export const healthz: Route = {
  method: 'get',
  path: '/healthz',
  access: 'open',
  summary: 'Is the process alive?',
  answers: { 200: { description: 'yes', schema: z.strictObject({ status: z.literal('ok') }) } },
  problems: [],
  handle: () => (_req, res) => sendJson(res, 200, { status: 'ok' }),
};

/** Ready once a policy is in force, the ledger answers and every view can be read; until it shuts down. */
export const readyz: Route = {
  method: 'get',
  path: '/readyz',
  access: 'open',
  summary: 'Can it take requests?',
  answers: {
    200: { description: 'yes', schema: Ready },
    503: { description: 'no, and why', schema: Ready },
  },
  problems: [],
  handle: (deps) => async (_req, res) => {
    const [policy, store, projections] = [policyCheck(deps), await storeCheck(deps), viewChecks(deps)];
    const ready =
      policy.status === 'ok' && store.status === 'ok' && areReadable(projections) && !deps.closing.aborted;
    const status = ready ? 'ready' : 'not_ready';
    sendJson(res, ready ? 200 : 503, { status, policy, store, projections });
  },
};

/** `degraded`: commands are taken, but something that readers rely on is behind or failed. */
export const health: Route = {
  method: 'get',
  path: '/health',
  access: 'open',
  summary: 'How is it?',
  answers: {
    200: { description: 'ok or degraded', schema: Health },
    503: { description: 'error', schema: Health },
  },
  problems: [],
  handle: (deps) => {
    const connectorsCheck = createConnectorsCheck(deps);
    return async (_req, res) => {
      const [store, connectors] = await Promise.all([storeCheck(deps), connectorsCheck()]);
      const checks = {
        policy: policyCheck(deps),
        store,
        projections: { status: atMost('degraded', deps.projections.health().status) },
        feed: { status: atMost('degraded', deps.feed.health().status === 'ok' ? 'ok' : 'error') },
        ...(deps.slack && { slack: { status: deps.slack.health().status } }),
        ...(connectors && { connectors }),
      };
      const status = worst(Object.values(checks).map((check) => check.status));
      sendJson(res, status === 'error' ? 503 : 200, { status, checks });
    };
  },
};

function policyCheck({ policies }: ApiDeps): z.output<typeof PolicyCheck> {
  try {
    return { status: 'ok', hash: policies.inForce().hash };
  } catch {
    // What it throws is that there is none, and the answer says just that.
    return { status: 'error' };
  }
}

/** A store that is slow to say how it is, is as good as unreachable. */
async function storeCheck({ store }: ApiDeps): Promise<z.output<typeof Check>> {
  const asked = store.health().then(({ status }) => status);
  return { status: (await inTime(asked, 'unavailable')) === 'ok' ? 'ok' : 'error' };
}

/** Requests are taken and decided whatever becomes of the connectors. Who is asked and is slow, is as they last were. */
function createConnectorsCheck({ dispatcher }: ApiDeps): () => Promise<ConnectorsHealth | undefined> {
  let last: ConnectorsHealth = { status: 'degraded', each: {} };
  return async () => {
    const health = dispatcher && (await inTime(dispatcher.health(), null));
    if (health) {
      const each = Object.entries(health.connectors).map(([name, { status }]) => [name, { status }] as const);
      last = { status: health.status, each: Object.fromEntries(each) };
    }
    return dispatcher && last;
  };
}

/** What was asked for or, should it take too long, something else. */
async function inTime<T, L>(asked: Promise<T>, late: L): Promise<T | L> {
  const timeout = new AbortController();
  const { signal } = timeout;
  const over = sleep(TIMEOUT_MS, late, { signal }).catch(() => late);
  return Promise.race([asked, over]).finally(() => timeout.abort());
}

function viewChecks({ projections }: ApiDeps): z.output<typeof ViewCheck>[] {
  return projections.status().map(({ name, state, readable, lagEvents, lagSeconds }) => ({
    name,
    state,
    readable,
    lagEvents,
    lagSeconds,
  }));
}

/** None at all means that they have not begun yet. */
function areReadable(views: readonly z.output<typeof ViewCheck>[]): boolean {
  return views.length > 0 && views.every((view) => view.readable);
}

const LEVELS = ['ok', 'degraded', 'error'] as const satisfies readonly Level[];

function worst(levels: readonly Level[]): Level {
  return LEVELS[Math.max(...levels.map((level) => LEVELS.indexOf(level)))] ?? 'error';
}

/** Without a read side commands are still taken. */
function atMost(limit: Level, level: Level): Level {
  return LEVELS[Math.min(LEVELS.indexOf(limit), LEVELS.indexOf(level))] ?? limit;
}
