import type { SubscriptionBatch } from '@countersign/event-store';
import { describe, expect, test } from '@jest/globals';
import { gather } from '../../src/runtime/gather.ts';
import { recorded } from '../support/ledger.ts';
import { ask } from '../support/requests.ts';

const event = ask('a', 0).events[0] as never;

function batch(from: number, count: number, caughtUp = true): SubscriptionBatch {
  const events = Array.from({ length: count }, (_, n) => recorded('approval-a', n, from + n, event));
  return { events, position: String(from + count - 1).padStart(16, '0'), caughtUp };
}

/** A source that gives what is pushed, when it is pushed. */
function pushed() {
  const waiting: PromiseWithResolvers<SubscriptionBatch | null>[] = [Promise.withResolvers()];
  async function* source(): AsyncGenerator<SubscriptionBatch> {
    for (;;) {
      const next = await waiting[0]?.promise;
      waiting.shift();
      if (!next) return;
      yield next;
    }
  }
  return {
    source: source(),
    push(value: SubscriptionBatch | null) {
      waiting.at(-1)?.resolve(value);
      waiting.push(Promise.withResolvers());
    },
  };
}

describe('gathering batches', () => {
  test('lets go of its source when it is left', async () => {
    let left = false;
    async function* source(): AsyncGenerator<SubscriptionBatch> {
      try {
        for (let from = 1; ; from++) yield batch(from, 1);
      } finally {
        left = true;
      }
    }
    for await (const _ of gather(source(), { gapMs: 0, maxEvents: 1 })) break;
    expect(left).toBe(true);
  });

  test('lets a lone event pass at once', async () => {
    const { source, push } = pushed();
    const gathered = gather(source, { gapMs: 60_000, maxEvents: 100 });
    push(batch(1, 1));
    expect((await gathered.next()).value).toMatchObject({ position: '0000000000000001', caughtUp: true });
    push(null);
  });

  test('joins what comes within the gap after the last batch, up to a full one, in order', async () => {
    const { source, push } = pushed();
    const gathered = gather(source, { gapMs: 60_000, maxEvents: 10 });
    push(batch(1, 1));
    await gathered.next();
    const next = gathered.next();
    push(batch(2, 4, false));
    push(batch(6, 3, false));
    push(batch(9, 3));
    const { value } = await next;
    expect(value?.events.map(({ position }) => Number(position))).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(value).toMatchObject({ position: '0000000000000011', caughtUp: true });
    push(null);
  });

  test('passes on what it has when the gap is over, when the source ends, and its failure', async () => {
    const { source, push } = pushed();
    const gathered = gather(source, { gapMs: 20, maxEvents: 10 });
    push(batch(1, 1));
    await gathered.next();
    push(batch(2, 1));
    expect((await gathered.next()).value?.events).toHaveLength(1);
    push(batch(3, 1));
    push(null);
    expect((await gathered.next()).value?.events).toHaveLength(1);
    expect((await gathered.next()).done).toBe(true);
    const failing = gather(
      (async function* () {
        yield batch(1, 1);
        throw new Error('lost');
      })(),
      { gapMs: 20, maxEvents: 10 },
    );
    await failing.next();
    await expect(failing.next()).rejects.toThrow('lost');
  });
});
