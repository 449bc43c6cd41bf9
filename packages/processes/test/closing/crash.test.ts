import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Boundary, ChildOrders } from './child.ts';
import { policyFor } from './instance.ts';
import { type Added, decided, stands, startWorld, told, until, type World } from './world.ts';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** @returns where it stands still, as it gets there, and how to kill it */
function startChild(orders: ChildOrders) {
  const child = spawn(process.execPath, ['--no-warnings', CHILD, JSON.stringify(orders)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  running.add(child);
  const ended = once(child, 'exit').then(([code, signal]) => {
    running.delete(child);
    return signal ?? code;
  });
  const standing: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => void standing.push(line));
  return {
    standing,
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

const BOUNDARIES: readonly (Boundary & { readonly what: string; readonly sent: number })[] = [
  { what: 'before the claim', when: 'before', append: 1, sent: 1 },
  { what: 'between the claim and the call', when: 'after', append: 1, sent: 1 },
  { what: 'between the call and its record', when: 'before', append: 2, sent: 2 },
  { what: 'after the record', when: 'after', append: 2, sent: 1 },
];
const WITHIN = 'within the call';

describe('an instance killed by SIGKILL', () => {
  let world: World;
  let survivor: Added;
  const requests = new Map<string, string>();
  const idOf = (what: string) => requests.get(what) ?? '';
  const sentFor = (what: string, all: 'deliveries' | 'effects') =>
    world.receiver[all].filter(({ body }) => body.data.requestId === idOf(what));

  beforeAll(async () => {
    world = await startWorld({ kept: true });
    const { dir, receiver, webhook } = world;
    const asker = await world.add({ name: 'asker' });
    const stand: Record<string, Boundary> = {};
    for (const { what, when, append } of BOUNDARIES) {
      requests.set(what, await decided(world, asker));
      stand[idOf(what)] = { when, append };
    }
    const policy = policyFor(receiver.host);
    const child = startChild({ dir, name: 'doomed', policy, settings: { webhook }, stand });
    await until(() => child.standing.length === BOUNDARIES.length);
    receiver.on('takes it, and holds its answer');
    requests.set(WITHIN, await decided(world, asker));
    await until(() => receiver.held === 1);
    expect(await child.kill()).toBe('SIGKILL');
    world.advance(60_000);
    survivor = await world.add({ name: 'survivor', start: true });
    const reached = async () => {
      const states = await Promise.all([...requests.values()].map((id) => survivor.closings.load(id)));
      return states.every(({ callback }) => callback?.status === 'succeeded');
    };
    await until(reached, 'all are told');
  }, 60_000);
  afterAll(() => world.close());

  test.each(BOUNDARIES)('$what is followed by another', ({ what, sent }) => {
    const deliveries = sentFor(what, 'deliveries');
    expect(deliveries.length).toBe(sent);
    expect(new Set(deliveries.map(({ id }) => id)).size).toBe(1);
    expect(sentFor(what, 'effects').length).toBe(1);
  });

  test('within the call is followed by another, which says the same under the same id; the receiver counts one', async () => {
    const [first, second, ...more] = sentFor(WITHIN, 'deliveries');
    expect(more).toEqual([]);
    expect([second?.id, second?.body]).toEqual([first?.id, first?.body]);
    // The first was held back, and so the second is the one that took effect.
    expect(sentFor(WITHIN, 'effects').length).toBe(1);
    const types = (await told(survivor, idOf(WITHIN))).map(({ type, data }) => [type, data.try]);
    expect(types).toEqual([
      ['ClosingStarted', 1],
      ['ClosingStarted', 2],
      ['ClosingSucceeded', 2],
    ]);
  });

  test('is not followed before its lease is over', async () => {
    const [first, second] = await told(survivor, idOf(WITHIN));
    const lease = first?.type === 'ClosingStarted' ? first.data.until : '';
    expect(second && second.data.at >= lease).toBe(true);
    await stands(survivor, idOf('between the claim and the call'), 'succeeded', 2);
    await stands(survivor, idOf('after the record'), 'succeeded', 1);
  });
});
