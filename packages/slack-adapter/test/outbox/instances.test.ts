import { describe, expect, test } from '@jest/globals';
import { areTold, ask, decide, keysIn, person, slackEvents, startWorld, until, untilTold } from './world.ts';

const many = (n: number) => Array.from({ length: n }, (_, index) => index);

/** Where an instance that is dead waits for its answers. */
function never(closing: AbortSignal): Promise<{ ok: false; error: { kind: 'unknown' } }> {
  return new Promise((resolve) => {
    closing.addEventListener('abort', () => resolve({ ok: false, error: { kind: 'unknown' } }));
  });
}

describe('two instances on one ledger', () => {
  test('tell 50 requests, from their beginning to their end, each once between them', async () => {
    const world = await startWorld({ shared: true, limits: { leaseMs: 10_000, callTimeoutMs: 4000 } });
    const two = await world.addInstance();
    const heidi = { principal: person('heidi') };
    const ids = await Promise.all(many(50).map((n) => ask(n % 2 ? two : world, `c${n % 5}`, {}, heidi)));
    // Some are told from their beginning on, the others as they ended.
    await untilTold(world, ...ids.slice(0, 30));
    await Promise.all(ids.map((id, n) => decide(n % 3 ? two : world, id, 'bob')));
    await untilTold(world, ...ids);
    const everything = many(5).flatMap((n) => world.slack.messages(`#c${n}`));
    const direct = world.slack.messages('@heidi');
    for (const id of ids) {
      const keys = keysIn(everything, id);
      expect(keys.filter((key) => key === 'message')).toHaveLength(1);
      expect(new Set(keys).size).toBe(keys.length);
      const replied = everything.filter(({ metadata }) => metadata?.event_payload.request_id === id).slice(1);
      const told = replied.flatMap(({ text }) => text.split('\n'));
      expect(told).toEqual(['1 ApprovalGranted', '3 RequestApproved']);
      expect(keysIn(direct, id)).toEqual(['direct@3/heidi']);
    }
    expect(everything.filter(({ threadTs }) => !threadTs).map(({ text }) => text)).toEqual(
      ids.map(() => 'approved at 3'),
    );
    expect(world.slack.calls('chat.update').length).toBeGreaterThanOrEqual(30);
    const posts = world.slack.calls('chat.postMessage').length;
    expect(posts).toBe(everything.length + direct.length);
    const counts = await slackEvents(world);
    expect(counts.SlackItemSent).toBe(posts);
    // Both have worked, and neither has failed.
    expect(world.posted.length).toBeGreaterThan(0);
    expect(two.posted.length).toBeGreaterThan(0);
    expect(world.posted.length + two.posted.length).toBe(50);
    expect([...world.failed, ...two.failed, ...world.givenUp, ...two.givenUp]).toEqual([]);
  });

  test('of which one dies between post and record: the other asks Slack when the lease is over', async () => {
    let isDead = false;
    const limits = { callTimeoutMs: 1000, leaseMs: 20_000 };
    const world = await startWorld({
      shared: true,
      frozen: true,
      limits,
      wrapWeb: (real, closing) => ({
        ...real,
        async postMessage(post) {
          const posted = await real.postMessage(post);
          return isDead ? never(closing) : posted;
        },
      }),
    });
    const before = await ask(world, 'deploy');
    await untilTold(world, before);
    isDead = true;
    const id = await ask(world, 'deploy');
    await until('it was posted', () => world.slack.messages('#ops').length === 2);
    const two = await world.addInstance({ wrapWeb: (real) => real });
    const other = await ask(two, 'deploy');
    await untilTold(two, other);
    world.advance(19_999);
    expect(await areTold(two, id)).toBe(false);
    world.advance(1);
    await untilTold(two, id);
    expect(keysIn(world.slack.messages('#ops'))).toEqual(['message', 'message', 'message']);
    expect(keysIn(world.slack.messages('#ops'), id)).toEqual(['message']);
    // As it was found, it may have been drawn long ago.
    expect(world.slack.calls('chat.update')).toHaveLength(1);
  });

  test('of which one dies before it posts: the other posts when the lease is over', async () => {
    const limits = { callTimeoutMs: 1000, leaseMs: 20_000 };
    const world = await startWorld({
      shared: true,
      frozen: true,
      limits,
      wrapWeb: (real, closing) => ({ ...real, postMessage: () => never(closing) }),
    });
    const id = await ask(world, 'deploy');
    await until('it was claimed', async () => (await slackEvents(world)).SlackDeliveryClaimed === 1);
    await decide(world, id, 'bob');
    const two = await world.addInstance({ wrapWeb: (real) => real });
    world.advance(20_000);
    await untilTold(two, id);
    // What was claimed is delivered as it was claimed, in the state of now; what came since follows.
    expect(world.slack.messages('#ops').map(({ text }) => text)).toEqual([
      '1 votes at 1',
      '1 ApprovalGranted',
    ]);
  });

  test('of which one sleeps through its lease: it wakes up to send nothing more', async () => {
    // The second post has to wait for its place, and meanwhile the lease runs out.
    const limits = { callTimeoutMs: 1000, leaseMs: 10_000, burst: 1, perSecond: 1 / 60 };
    const world = await startWorld({ shared: true, frozen: true, limits, start: false });
    const id = await ask(world, 'deploy');
    await decide(world, id, 'bob');
    world.outbox.start();
    await until('the message is there', () => world.slack.messages('#ops').length === 1);
    const two = await world.addInstance({ start: true, limits: { burst: 10 } });
    world.advance(10_001);
    await untilTold(two, id);
    world.advance(60_000);
    const late = await ask(two, 'deploy');
    world.advance(60_000);
    await untilTold(two, late);
    expect(keysIn(world.slack.messages('#ops'), id)).toEqual(['message', 'reply@1']);
    expect(world.failed).toEqual([]);
  });
});

test('a lease that runs out while its holder waits for its turn is renewed', async () => {
  const limits = { callTimeoutMs: 1000, leaseMs: 10_000, burst: 1, perSecond: 1 / 60 };
  const world = await startWorld({ frozen: true, limits, start: false });
  const id = await ask(world, 'deploy');
  await decide(world, id, 'bob');
  world.outbox.start();
  await until('the message is there', () => world.slack.messages('#ops').length === 1);
  world.advance(60_000);
  await untilTold(world, id);
  expect(keysIn(world.slack.messages('#ops'), id)).toEqual(['message', 'reply@1']);
  expect(await slackEvents(world)).toMatchObject({
    SlackDeliveryClaimed: 2,
    SlackItemSent: 2,
    SlackDelivered: 1,
  });
});
