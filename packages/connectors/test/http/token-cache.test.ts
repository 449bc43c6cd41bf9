import { describe, expect, test } from '@jest/globals';
import { tokenCache } from '../../src/http/token-cache.ts';

const MINUTE = 60_000;
const open = (): AbortSignal => new AbortController().signal;

function world(lifeMs = 60 * MINUTE) {
  let nowMs = 1_000_000;
  let fetched = 0;
  const answers: Array<(error?: Error) => void> = [];
  const cache = tokenCache(
    () =>
      new Promise((resolve, reject) => {
        fetched += 1;
        const token = { value: `token-${fetched}`, expiresAtMs: nowMs + lifeMs };
        answers.push((error) => (error ? reject(error) : resolve(token)));
      }),
    () => nowMs,
  );
  return {
    cache,
    advance: (ms: number) => {
      nowMs += ms;
    },
    answer: (error?: Error) => answers.shift()?.(error),
    fetched: () => fetched,
    /** A token, fetched if need be. */
    get: (signal = open()) => {
      const token = cache.get(signal);
      answers.shift()?.();
      return token;
    },
  };
}

describe('tokens', () => {
  test('are kept until five minutes before their end', async () => {
    const { get, advance, fetched } = world();
    expect(await get()).toBe('token-1');
    advance(55 * MINUTE - 1);
    expect(await get()).toBe('token-1');
    advance(1);
    expect(await get()).toBe('token-2');
    expect(fetched()).toBe(2);
  });

  test('that live shortly are kept for half their life', async () => {
    const { get, advance } = world(2 * MINUTE);
    expect(await get()).toBe('token-1');
    advance(MINUTE - 1);
    expect(await get()).toBe('token-1');
    advance(1);
    expect(await get()).toBe('token-2');
  });

  test('are asked for once, however many want one', async () => {
    const { cache, answer, fetched } = world();
    const wanted = Promise.all(Array.from({ length: 20 }, () => cache.get(open())));
    answer();
    expect(new Set(await wanted)).toEqual(new Set(['token-1']));
    expect(fetched()).toBe(1);
  });

  test('one who gives up leaves the others theirs', async () => {
    const { cache, answer } = world();
    const impatient = new AbortController();
    const [first, second] = [cache.get(impatient.signal), cache.get(open())];
    impatient.abort();
    await expect(first).rejects.toMatchObject({ outcome: { outcome: 'failed', transient: true } });
    answer();
    expect(await second).toBe('token-1');
  });

  test('a failure is told to all who waited, and not kept', async () => {
    const { cache, answer, get } = world();
    const both = [cache.get(open()), cache.get(open())];
    answer(new Error('no'));
    for (const one of both) await expect(one).rejects.toThrow('no');
    expect(await get()).toBe('token-2');
  });

  test('one that was not accepted is forgotten, a newer one is not', async () => {
    const { cache, get, fetched } = world();
    const first = await get();
    cache.drop(first);
    expect(await get()).toBe('token-2');
    cache.drop(first);
    expect(await get()).toBe('token-2');
    expect(fetched()).toBe(2);
  });
});
