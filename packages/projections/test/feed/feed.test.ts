import { afterEach, describe, expect, test } from '@jest/globals';
import { createLiveFeed, type FeedItem, type FeedSignal, type LiveFeed, mayRead } from '../../src/index.ts';
import { randomLedger } from '../support/generate.ts';
import {
  append,
  cleanUp,
  eventually,
  fileStore,
  later,
  memoryStore,
  newEvent,
  type TestStore,
} from '../support/ledger.ts';
import { ask } from '../support/requests.ts';

afterEach(cleanUp);

async function feedOf({ store }: TestStore, more: object = {}): Promise<LiveFeed> {
  const feed = await createLiveFeed({ store, log: () => undefined, ...more });
  later(() => feed.close());
  return feed;
}

interface Heard {
  readonly positions: string[];
  readonly kinds: string[];
  readonly items: FeedItem[];
  end(): void;
}

function listen(feed: LiveFeed, options: Parameters<LiveFeed['subscribe']>[0] = {}): Heard {
  const heard = {
    positions: [] as string[],
    kinds: [] as string[],
    items: [] as FeedItem[],
    end: (): void => undefined,
  };
  heard.end = feed.subscribe(options, (signal: FeedSignal) => {
    heard.kinds.push(signal.kind);
    if (signal.kind !== 'event') return;
    heard.positions.push(signal.item.position);
    heard.items.push(signal.item);
  });
  return heard;
}

const first = (id: string) => [{ stream: `approval-${id}`, event: ask(id, 0).events[0] as never }];

async function allPositions({ store }: TestStore, after = ''): Promise<string[]> {
  const found: string[] = [];
  for (let from = after; ; ) {
    const page = await store.readLog(from, 1000, {
      categories: ['approval', 'attempt', 'lineage', 'policy'],
    });
    found.push(...page.events.map(({ position }) => position));
    from = page.position;
    if (page.end) return found;
  }
}

describe('while nobody listens', () => {
  test('nothing is kept, and whoever resumes from before reads all of it from the log', async () => {
    const ledger = await memoryStore();
    const feed = await feedOf(ledger);
    const early = listen(feed);
    await append(ledger.store, first('a'));
    await eventually('one event', () => early.items.length === 1);
    early.end();
    for (const id of ['b', 'c', 'd']) await append(ledger.store, first(id));
    const head = await ledger.store.head();
    await eventually('the feed has passed them', () => feed.health().position === head);
    const resumed = listen(feed, { after: early.positions[0] as string });
    await append(ledger.store, first('e'));
    await eventually('four events', () => resumed.items.length === 4);
    expect(resumed.positions).toEqual(await allPositions(ledger, early.positions[0]));
  });
});

describe('live', () => {
  test('gives what is new, decoded, with who may read it', async () => {
    const ledger = await memoryStore();
    await append(ledger.store, first('old'));
    const feed = await feedOf(ledger);
    const heard = listen(feed);
    await append(ledger.store, first('new'));
    await eventually('one event', () => heard.items.length === 1);
    const [item] = heard.items;
    expect(item).toMatchObject({
      event: { type: 'ApprovalRequested', data: { requestId: 'new' } },
      recorded: { stream: 'approval-new', revision: 0 },
      scope: { requestId: 'new', tenant: 'default', requester: 'frank' },
    });
    const scope = item?.scope as NonNullable<FeedItem['scope']>;
    const reader = (person: string, admin = false, tenant = 'default') => ({
      tenant,
      person,
      claims: [],
      admin,
    });
    expect(mayRead(scope, reader('frank'))).toBe(true);
    expect(mayRead(scope, reader('bob'))).toBe(true);
    expect(mayRead(scope, reader('mallory'))).toBe(false);
    expect(mayRead(scope, reader('mallory', true))).toBe(true);
    expect(mayRead(scope, reader('mallory', true, 'acme'))).toBe(false);
  });

  test('knows who may read an old request from its stream', async () => {
    const ledger = await memoryStore();
    const request = ask('a', 0);
    await append(ledger.store, first('a'));
    const feed = await feedOf(ledger);
    const heard = listen(feed);
    request.command({ type: 'ExpireRequest', requestId: 'a', now: '2027-01-01T00:00:00.000Z' });
    await ledger.store.append('approval-a', 0, [newEvent(request.events[1] as never)]);
    await eventually('one event', () => heard.items.length === 1);
    expect(heard.items[0]?.scope?.requester).toBe('frank');
  });

  test('wakes who waits for the request, and nobody else', async () => {
    const ledger = await memoryStore();
    const feed = await feedOf(ledger);
    const woken: string[] = [];
    const end = feed.onRequest('a', ({ recorded }) => void woken.push(recorded.stream));
    feed.onRequest('b', ({ recorded }) => void woken.push(recorded.stream));
    expect(feed.health()).toMatchObject({ status: 'ok', waiters: 2 });
    await append(ledger.store, [...first('c'), ...first('a')]);
    await eventually('it was woken', () => woken.length === 1);
    end();
    await append(ledger.store, first('b'));
    await eventually('the other was woken', () => woken.length === 2);
    expect(woken).toEqual(['approval-a', 'approval-b']);
    expect(feed.health().waiters).toBe(1);
  });

  test('one buffer is made per frame and shared by all streams', async () => {
    const ledger = await memoryStore();
    const feed = await feedOf(ledger);
    let made = 0;
    const buffers: Buffer[] = [];
    for (let n = 0; n < 3; n++) {
      feed.subscribe({}, (signal) => {
        if (signal.kind !== 'event') return;
        buffers.push(
          signal.item.frame('sse', ({ position }) => {
            made++;
            return Buffer.from(position);
          }),
        );
      });
    }
    await append(ledger.store, first('a'));
    await eventually('all have it', () => buffers.length === 3);
    expect(made).toBe(1);
    expect(new Set(buffers).size).toBe(1);
  });

  test('a stream that throws ends alone; filters leave out; events that cannot be read still pass', async () => {
    const ledger = await memoryStore();
    const feed = await feedOf(ledger);
    feed.subscribe({}, () => {
      throw new Error('broken pipe');
    });
    const others = listen(feed, { filter: ({ recorded }) => recorded.stream !== 'approval-b' });
    await append(ledger.store, [...first('a'), ...first('b')]);
    await ledger.store.append('approval-c', 'no_stream', [
      { id: crypto.randomUUID(), type: 'FromTheFuture', data: '{}', metadata: '{}' },
    ]);
    await eventually('two events', () => others.items.length === 2);
    expect(others.items.map(({ recorded, event }) => [recorded.stream, event?.type ?? null])).toEqual([
      ['approval-a', 'ApprovalRequested'],
      ['approval-c', null],
    ]);
    expect(feed.health().subscribers).toBe(1);
    others.end();
    expect(feed.health().subscribers).toBe(0);
  });
});

describe('resume', () => {
  test.each([
    ['from memory', 1000],
    ['from the log, then from memory', 7],
  ])('%s gives everything behind the place, once and in order', async (_, ringSize) => {
    const ledger = await memoryStore();
    const feed = await feedOf(ledger, { ringSize });
    await append(ledger.store, randomLedger(41, 30).steps);
    const all = await allPositions(ledger);
    const heard = listen(feed, { after: all[9] as string });
    const whole = listen(feed, { after: '' });
    await eventually('both are live', () => heard.kinds.includes('live') && whole.kinds.includes('live'));
    await append(ledger.store, first('later'));
    await eventually('the new one came', () => whole.positions.length === all.length + 1);
    expect(heard.positions).toEqual((await allPositions(ledger)).slice(10));
    expect(whole.kinds.filter((kind) => kind === 'live')).toHaveLength(1);
  });

  test('while many append, and from anywhere, leaves no gap and doubles nothing', async () => {
    const ledger = await fileStore();
    const feed = await feedOf(ledger, { ringSize: 50 });
    const { requests } = randomLedger(42, 400);
    const heard: { after: string; heard: Heard }[] = [];
    let open = 8;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (const { requestId, events } of requests.filter((__, n) => n % 8 === writer)) {
        for (const [n, event] of events.entries()) {
          await ledger.store.append(`approval-${requestId}`, n === 0 ? 'no_stream' : n - 1, [
            newEvent(event),
          ]);
        }
      }
      open--;
    });
    const readers = (async () => {
      while (open > 0) {
        const all = await allPositions(ledger);
        const after = all[Math.floor((all.length * (heard.length % 5)) / 5)] ?? '';
        heard.push({ after, heard: listen(feed, { after }) });
        await new Promise((resolve) => setImmediate(resolve));
        if (heard.length >= 60) break;
      }
    })();
    await Promise.all([...writers, readers]);
    const all = await allPositions(ledger);
    expect(heard.length).toBeGreaterThan(5);
    for (const { after, heard: one } of heard) {
      const expected = all.filter((position) => position > after);
      await eventually('everything came', () => one.positions.length >= expected.length);
      expect(one.positions).toEqual(expected);
    }
  });

  test.each([
    ['a text that is no place', 'nonsense'],
    ['a place beyond the end', '0000000000099999'],
  ])('from %s says reset and ends', async (_, after) => {
    const ledger = await memoryStore();
    const feed = await feedOf(ledger);
    await append(ledger.store, first('a'));
    const heard = listen(feed, { after });
    await eventually('it was told', () => heard.kinds.length > 0);
    expect(heard.kinds).toEqual(['reset']);
    expect(feed.health().subscribers).toBe(0);
  });

  test('waits for a slow reader while it replays', async () => {
    const ledger = await memoryStore();
    await append(ledger.store, randomLedger(43, 20).steps);
    const feed = await feedOf(ledger, { ringSize: 3 });
    let atOnce = 0;
    let most = 0;
    let live = false;
    feed.subscribe({ after: '' }, async (signal) => {
      if (signal.kind === 'live') live = true;
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce--;
    });
    await eventually('it is live', () => live);
    expect(most).toBe(1);
  });
});
