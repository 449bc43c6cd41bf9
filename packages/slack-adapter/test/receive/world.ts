import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as aMoment } from 'node:timers/promises';
import {
  type Ask,
  createLedger,
  createPolicyRegister,
  createReplayGuard,
  type Intent,
  type Ledger,
  openSqliteRequestKeys,
  timestamp,
} from '@countersign/application';
import type { Principal } from '@countersign/domain';
import { type EventStore, openSqliteStore, type RecordedEvent, StoreError } from '@countersign/event-store';
import { type Delivery, type SimulatorOptions, startSimulator } from '@countersign/slack-simulator';
import { afterEach } from '@jest/globals';
import express from 'express';
import { slackIdOf } from '../../src/people/people.ts';
import { createInbound, type Inbound, type InboundDeps } from '../../src/receive/inbound.ts';
import { requestMessage } from '../../src/render/messages/request.ts';
import type { SlackSignals } from '../../src/types.ts';
import { createWeb } from '../../src/web/web.ts';

export const TEAM = 'T0SIM';
export const CHANNEL = '#approvals';

export const POLICY = `
version: 1
superApprovers: [alice]
groups: { sre: [bob, carol], security: [dan, bob] }
personas: { on-call: { group: sre }, security: { group: security } }
people:
  alice: { slack: T0SIM/U0ALICE }
  bob: { slack: T0SIM/U0BOB }
  carol: { slack: T0SIM/U0CAROL }
  dan: { slack: T0SIM/U0DAN }
  mallory: { slack: T0SIM/U0MALLORY }
  acme/ann: { slack: T0SIM/U0ANN }
  erin: { email: erin@example.com }
actions:
  deploy: { approvers: { groups: [sre] }, minApprovals: 2, timeoutSec: 3600 }
  solo: { approvers: { groups: [sre] } }
  mailed: { approvers: { users: [erin] } }
  theirs: { approvers: { users: [acme/ann] } }
  seen: { approvers: { groups: [sre] }, personas: [on-call, security] }
  staged:
    stages:
      - name: peers
        require: [{ group: sre, min: 1 }]
      - name: security
        require: [{ group: security, min: 1 }]
  migrate:
    approvers: { groups: [sre] }
    minApprovals: 2
    overrides: { keys: [batchSize, window], schema: schemas/migrate.json, nonMaterial: [window] }
    redact: ["/connection/password"]
`;
const SCHEMAS = {
  'schemas/migrate.json': JSON.stringify({
    type: 'object',
    properties: {
      batchSize: { type: 'integer', multipleOf: 10 },
      window: { type: 'string', minLength: 3 },
    },
  }),
};

const NAMES = ['alice', 'bob', 'carol', 'dan', 'mallory', 'ann', 'erin', 'eve'];
const USERS: SimulatorOptions['users'] = NAMES.map((name) => ({
  id: `U0${name.toUpperCase()}`,
  name,
  email: `${name}@example.com`,
}));

/** Everything real: store, ledger, Slack's Web API over HTTP, Bolt on a port of its own. */
export interface World {
  readonly store: EventStore;
  readonly ledger: Ledger;
  readonly simulator: Awaited<ReturnType<typeof startSimulator>>;
  readonly deps: InboundDeps;
  /** Where the first instance takes calls. */
  readonly url: string;
  readonly failures: { readonly what: string; readonly error: unknown }[];
  readonly refused: string[];
  /** Milliseconds that the store takes longer for everything. */
  readonly slow: { ms: number };
  advance(ms: number): void;
  now(): number;
  /** Another instance on the same store; closed with the world. */
  instance(changes?: Partial<InboundDeps>): Promise<{ readonly url: string; readonly inbound: Inbound }>;
  /** A new request, with its message drawn in the channel. */
  ask(action: string, changes?: Partial<Ask>, by?: Partial<Principal>): Promise<Drawn>;
  /** Draws the message as the request is now; without, it stays as it was drawn. */
  redraw(drawn: Drawn): Promise<void>;
  click(user: string, drawn: Drawn, actionId: string, selected?: readonly string[]): Promise<Delivery>;
  /** A command that comes in another way than Slack. */
  send(sub: string, intent: Intent): ReturnType<Ledger['execute']>;
  /** Types of the request's events, in order. */
  happened(drawn: Drawn): Promise<string[]>;
  events(drawn: Drawn): Promise<readonly RecordedEvent[]>;
  /** Rules that attempts on the request broke, and whose attempts they were. */
  attempts(drawn: Drawn): Promise<{ readonly rule: string; readonly by: string }[]>;
  /** What only this user was told, as soon as there is so much of it. */
  told(user: string, count?: number): Promise<string[]>;
  close(): Promise<void>;
}

export interface Drawn {
  readonly requestId: string;
  readonly ts: string;
}

const open = new Set<World>();
export function closeWorlds(): void {
  afterEach(() => Promise.all([...open].map((world) => world.close())));
}

/** Waits until it is so. @throws Error when it takes longer than five seconds */
export async function until<T>(look: () => Promise<T | false> | T | false, what: string): Promise<T> {
  const deadline = Date.now() + 5000;
  for (;;) {
    const found = await look();
    if (found !== false) return found;
    if (Date.now() > deadline) throw new Error(`in five seconds not ${what}`);
    await aMoment(5);
  }
}

export async function openWorld(
  options: {
    deps?: Partial<InboundDeps>;
    simulator?: Partial<SimulatorOptions>;
    wrap?: (store: EventStore) => EventStore;
    deadlineMs?: number;
  } = {},
): Promise<World> {
  let offset = 0;
  const clock = () => Date.now() + offset;
  const slow = { ms: 0 };
  const real = await openSqliteStore(':memory:');
  const closing = new AbortController();
  const store = delayed(options.wrap?.(real) ?? real, slow, closing.signal);
  const keys = openSqliteRequestKeys(':memory:');
  const policies = createPolicyRegister({ store: real, clock });
  const policy = { file: 'policy.yaml', text: POLICY, schemas: SCHEMAS };
  const activated = await policies.activate(policy, 'test', 'start');
  if (!activated.ok) throw new Error(JSON.stringify(activated.errors));
  const { deadlineMs = 8000 } = options;
  const overrideLimits = { maxKeys: 5, maxChars: 200 };
  const ledger = createLedger({ store, keys, clock, policies, overrideLimits, deadlineMs });
  const simulator = await startSimulator({
    teamId: TEAM,
    users: USERS,
    clock: () => clock() / 1000,
    ...options.simulator,
  });

  const failures: World['failures'] = [];
  const refused: string[] = [];
  const signals: SlackSignals = {
    failed: (failed) => void failures.push(failed),
    refused: (type) => void refused.push(type),
  };
  const { apiUrl, botToken, signingSecret } = simulator;
  const web = createWeb({ tokens: [botToken], apiUrl, timeoutMs: 5000, maxConcurrency: 20, signals });
  const deps: InboundDeps = {
    ...{ ledger, policies, clock, apiUrl, web, signals },
    replays: createReplayGuard({ store, clock, deadlineMs }),
    credentials: { botTokens: [botToken], signingSecrets: [signingSecret], appTokens: [] },
    limits: { ackMs: 2000, callTimeoutMs: 5000, maxInFlight: 200, retryMs: 50, maxRetryMs: 1000 },
    ...options.deps,
  };
  const closers: (() => Promise<unknown>)[] = [];

  async function instance(changes: Partial<InboundDeps> = {}) {
    const inbound = createInbound({ ...deps, ...changes });
    const app = express();
    if (inbound.handler) app.use(inbound.handler);
    const server = http.createServer(app);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await inbound.start();
    closers.unshift(async () => {
      await inbound.stop();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    });
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/slack/events`, inbound };
  }

  async function draw(requestId: string) {
    const known = await ledger.load(requestId);
    if (!known) throw new Error(`no request ${requestId}`);
    return requestMessage({
      ...{ approval: known.approval, revision: known.revision, now: timestamp(clock) },
      slackIdOf: (person) => slackIdOf(policies.inForce(), person, TEAM),
    });
  }

  const { url } = await instance();
  simulator.deliverTo(url);
  const channel = CHANNEL;
  const idOf = () => simulator.messages(channel)[0]?.channel ?? channel;

  const world: World = {
    ...{ store: real, ledger, simulator, deps, url, failures, refused, slow, instance },
    advance(ms) {
      offset += ms;
    },
    now: clock,
    async ask(action, changes = {}, by = {}) {
      const principal = { sub: 'ci', tenant: 'default', kind: 'machine', roles: ['requester'], groups: [] };
      const context = { principal: { ...principal, ...by } as Principal, via: 'api', correlationId: 'test' };
      const ask: Ask = { action, params: { service: 'shop' }, channel: 'guard', ...changes };
      const answer = await ledger.request(ask, context as Parameters<Ledger['request']>[1]);
      if (!answer.ok) throw new Error(answer.refusal.detail);
      const { requestId } = answer.approval.request;
      const mark = { requestId, key: 'message' };
      const posted = await web.postMessage({ channel, mark, ...(await draw(requestId)) });
      if (!posted.ok) throw new Error(JSON.stringify(posted.error));
      return { requestId, ts: posted.ts };
    },
    async redraw({ requestId, ts }) {
      const mark = { requestId, key: 'message' };
      const updated = await web.update({ channel: idOf(), ts }, { mark, ...(await draw(requestId)) });
      if (!updated.ok) throw new Error(JSON.stringify(updated.error));
    },
    click: (user, { ts }, actionId, selected) =>
      simulator.click({ user, channel, ts, actionId, ...(selected && { selected }) }),
    send: (sub, intent) =>
      ledger.execute(intent, {
        principal: { sub, tenant: 'default', kind: 'human', roles: ['approver'], groups: [] },
        via: 'api',
        correlationId: 'test',
      }),
    events: ({ requestId }) => real.readStream(`approval-${requestId}`),
    happened: async (drawn) => (await world.events(drawn)).map(({ type }) => type),
    async attempts({ requestId }) {
      const events = await real.readStream(`attempt-${requestId}`);
      return events.map(({ data }) => {
        const { rule, by } = JSON.parse(data) as { rule: string; by: { sub: string } };
        return { rule, by: by.sub };
      });
    },
    told(user, count = 1) {
      const theirs = () => simulator.messages(channel).filter((message) => message.ephemeralFor === user);
      return until(() => {
        const texts = theirs().map(({ text }) => text);
        return texts.length >= count ? texts : false;
      }, `told ${user} ${count} time(s)`);
    },
    async close() {
      open.delete(world);
      slow.ms = 0;
      closing.abort();
      for (const closer of closers) await closer();
      await simulator.stop();
      await keys.close();
      await real.close();
    },
  };
  open.add(world);
  return world;
}

/** The store, as slow as it is told to be while it is. */
function delayed(store: EventStore, slow: World['slow'], closing: AbortSignal): EventStore {
  const wait = async () => {
    const { ms } = slow;
    if (ms === 0) return;
    await aMoment(ms, undefined, { signal: closing }).catch(() => {
      throw new StoreError('refused', 'the test is over');
    });
  };
  return {
    ...store,
    async append(...args) {
      await wait();
      return store.append(...args);
    },
    async readStream(...args) {
      await wait();
      return store.readStream(...args);
    },
  };
}
