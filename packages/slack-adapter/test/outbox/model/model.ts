import {
  createLedger,
  createPolicyRegister,
  createSlackDeliveries,
  type Ledger,
  LedgerUnavailable,
  openSqliteRequestKeys,
  type SlackDeliveries,
} from '@countersign/application';
import { type EventStore, openSqliteStore } from '@countersign/event-store';
import { createOutbox, type Outbox } from '../../../src/outbox/outbox.ts';
import type { Limits } from '../instance.ts';
import { POLICY } from '../policy.ts';
import { plainly } from '../rendering.ts';
import { createModelSlack, type Fate, type ModelSlack } from './slack.ts';
import { createModelView, type ModelView } from './view.ts';

/** As in production, but for fewer channels at a time. */
export const LIMITS = {
  callTimeoutMs: 10_000,
  leaseMs: 45_000,
  burst: 4,
  perSecond: 1,
  coalesceMs: 250,
  maxLanes: 3,
  retryMs: 500,
  maxRetryMs: 60_000,
};

export interface Member {
  readonly outbox: Outbox;
  readonly view: ModelView;
  readonly failed: unknown[];
  /** Its clock is so much ahead, in milliseconds. */
  skew: number;
  /** The view does not advance by itself. */
  isBehind: boolean;
  /** Nothing reaches it, and it does nothing; infinite: for ever. */
  sleepsUntil: number;
}

export interface Model {
  readonly slack: ModelSlack;
  readonly store: EventStore;
  readonly ledger: Ledger;
  readonly members: readonly Member[];
  readonly now: () => number;
  add(skew: number): Member;
  /** Lets the time pass in steps, each of them followed by all that comes of it. */
  pass(ms: number, stepMs?: number): Promise<void>;
  close(): Promise<void>;
}

export interface Dice {
  fate(method: string): Fate;
  /** How an append of the bookkeeping goes. */
  append(): 'well' | 'refused' | 'lost';
}

/** Several instances, one ledger and one Slack, in a time that only the model moves. */
export async function startModel(limits: Limits, dice: Dice): Promise<Model> {
  let time = Date.parse('2026-01-01T00:00:00.000Z');
  let busy = 0;
  let isClosing = false;
  let pending: { readonly time: number; readonly act: () => void }[] = [];
  const members: Member[] = [];
  const now = () => time;
  const at = (when: number, act: () => void) => void pending.push({ time: when, act });
  const store = await openSqliteStore(':memory:');
  const slack = createModelSlack(now, at);
  const keys = openSqliteRequestKeys(':memory:');
  const policies = createPolicyRegister({ store, clock: now });
  await policies.activate({ file: 'policy.yaml', text: POLICY, schemas: {} }, 'test', 'start');
  const ledger = createLedger({
    store,
    keys,
    policies,
    clock: now,
    overrideLimits: { maxKeys: 1, maxChars: 100 },
    slack: true,
  });

  /** Resolves when the member is awake. */
  function awake(member: { readonly sleepsUntil: number }): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (isClosing || member.sleepsUntil <= time) resolve();
        else at(Math.min(member.sleepsUntil, time + 60_000), look);
      };
      look();
    });
  }

  function add(skew: number): Member {
    const view = createModelView(store);
    const failed: unknown[] = [];
    const state = { skew, isBehind: false, sleepsUntil: 0 };
    const clock = () => time + state.skew;
    const real = createSlackDeliveries({ store, clock });

    /** Whatever is asked of the ledger: the member may fall asleep before it, and before the answer. */
    async function through<T>(ask: () => Promise<T>, isAppend: boolean): Promise<T> {
      await awake(state);
      if (isClosing) throw new LedgerUnavailable('the test is over', false);
      const fate = isAppend ? dice.append() : 'well';
      if (fate === 'refused') throw new LedgerUnavailable('refused', false);
      busy += 1;
      const answer = await ask().finally(() => {
        busy -= 1;
      });
      await awake(state);
      if (fate === 'lost') throw new LedgerUnavailable('lost', true);
      return answer;
    }

    const deliveries: SlackDeliveries = {
      load: (requestId) => through(() => real.load(requestId), false),
      claim: (claim) => through(() => real.claim(claim), true),
      record: (...args) => through(() => real.record(...args), true),
    };
    const outbox = createOutbox({
      ledger: { history: (requestId) => through(() => ledger.history(requestId), false) },
      policies,
      deliveries,
      projections: { slack: view, onAdvanced: view.onAdvanced },
      web: sleepy(slack.webFor(dice.fate, limits.callTimeoutMs), state),
      rendering: plainly,
      clock,
      consoleUrl: undefined,
      signals: { failed: ({ error }) => void failed.push(error) },
      limits,
    });
    const member = Object.assign(state, { outbox, view, failed });
    members.push(member);
    outbox.start();
    return member;
  }

  /** Answers reach nobody who sleeps. */
  function sleepy<T extends object>(web: T, state: { readonly sleepsUntil: number }): T {
    const wrapped = Object.entries(web).map(([name, call]) => [
      name,
      async (...args: unknown[]) => {
        const answer = await call(...args);
        await awake(state);
        return answer;
      },
    ]);
    return Object.fromEntries(wrapped);
  }

  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < 4; ) {
      await new Promise(setImmediate);
      quiet = busy > 0 ? 0 : quiet + 1;
    }
  }

  async function step(ms: number): Promise<void> {
    time += ms;
    const due = pending.filter((one) => one.time <= time).toSorted((a, b) => a.time - b.time);
    pending = pending.filter((one) => one.time > time);
    for (const { act } of due) act();
    for (const { sleepsUntil, isBehind, view, outbox } of members) {
      if (sleepsUntil > time) continue;
      if (!isBehind) await view.advance();
      outbox.wake();
    }
    await settle();
  }

  return {
    slack,
    store,
    ledger,
    members,
    now,
    add,
    async pass(ms, stepMs = 500) {
      for (let passed = 0; passed < ms; passed += stepMs) await step(stepMs);
    },
    async close() {
      isClosing = true;
      const stopped = Promise.all(members.map(({ outbox }) => outbox.stop()));
      const ended = { is: false };
      void stopped.then(() => {
        ended.is = true;
      });
      while (!ended.is) await step(60_000);
      await keys.close();
      await store.close();
    },
  };
}
