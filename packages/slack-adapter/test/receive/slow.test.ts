import { type EventStore, StoreError } from '@countersign/event-store';
import { describe, expect, test } from '@jest/globals';
import { send } from './sent.ts';
import { closeWorlds, openWorld, until, type World } from './world.ts';

closeWorlds();

const privately = (world: World) =>
  world.simulator.messages('#approvals').filter((message) => message.ephemeralFor !== undefined);

describe('while the store takes five seconds for everything', () => {
  test('a click is answered in time, and recorded once', async () => {
    const world = await openWorld({ deadlineMs: 20_000 });
    const drawn = await world.ask('deploy');
    world.slow.ms = 5000;
    const click = world.click('U0BOB', drawn, 'approve');
    const delivery = await click;
    expect(delivery.status).toBe(200);
    expect(delivery.milliseconds).toBeLessThan(3000);
    // The same call once more, while nobody can say yet whether it is new.
    const { request } = delivery;
    const again = await send(world.url, Buffer.from(request.body), 'POST', request.headers);
    expect(again.status).toBe(200);
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
    // What the store is asked from now on is quick; what it was asked before still takes its five seconds.
    world.slow.ms = 0;
    await until(async () => (await world.happened(drawn)).length > 1, 'a vote');
    await until(() => world.refused.includes('replayed_signature'), 'the second call known for a replay');
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested', 'ApprovalGranted']);
    // Bob would have been told of the second one before mallory is of hers.
    await world.click('U0MALLORY', drawn, 'approve');
    await world.told('U0MALLORY');
    expect(privately(world)).toHaveLength(1);
  });

  test('a form is answered in time, and says later what became of it', async () => {
    const world = await openWorld({ deadlineMs: 20_000 });
    const drawn = await world.ask('deploy');
    await world.click('U0BOB', drawn, 'deny');
    await until(() => world.simulator.openView('U0BOB') !== null, 'asked');
    world.slow.ms = 5000;
    const delivery = await world.simulator.submit('U0BOB', { reason: 'no' });
    expect(delivery.status).toBe(200);
    expect(delivery.milliseconds).toBeLessThan(3000);
    const shown = () => JSON.stringify(world.simulator.openView('U0BOB')?.view);
    expect(shown()).toContain('Being recorded');
    world.slow.ms = 0;
    await until(async () => (await world.happened(drawn)).includes('RequestDenied') || false, 'denied');
    await until(() => shown().includes('It is recorded.'), 'told');
    expect((await world.happened(drawn)).filter((type) => type === 'DenialGiven')).toHaveLength(1);
  });

  test('a form that needs nothing of it opens before Slack lets it open no longer', async () => {
    const world = await openWorld({ deadlineMs: 20_000 });
    const drawn = await world.ask('deploy');
    world.slow.ms = 5000;
    await world.click('U0BOB', drawn, 'deny');
    await until(() => world.simulator.openView('U0BOB') !== null, 'asked');
    expect(world.simulator.calls('views.open')).toMatchObject([{ result: 'ok' }]);
  });

  test('a form that a rule refuses says so later', async () => {
    const world = await openWorld({ deadlineMs: 20_000, deps: { limits: { ...LIMITS, ackMs: 100 } } });
    const drawn = await world.ask('deploy');
    await world.click('U0MALLORY', drawn, 'deny');
    await until(() => world.simulator.openView('U0MALLORY') !== null, 'asked');
    world.slow.ms = 300;
    await world.simulator.submit('U0MALLORY', { reason: 'no' });
    const shown = () => JSON.stringify(world.simulator.openView('U0MALLORY')?.view);
    expect(shown()).toContain('Being recorded');
    await until(() => shown().includes('Not done: mallory is not an approver'), 'told');
  });
});

const LIMITS = { ackMs: 2000, callTimeoutMs: 5000, maxInFlight: 200, retryMs: 50, maxRetryMs: 1000 };

/** The store, which fails in this way as long as it is told to. */
function failing(faults: { kind: 'unavailable' | 'unknown_outcome' | null; category: string }) {
  return (store: EventStore): EventStore => ({
    ...store,
    readStream: (...args) => store.readStream(...args),
    async append(...args) {
      const isMeant = faults.kind !== null && args[0].startsWith(faults.category);
      if (isMeant && faults.kind === 'unavailable') throw new StoreError('unavailable', 'away');
      const done = await store.append(...args);
      if (isMeant) throw new StoreError('unknown_outcome', 'the answer was lost');
      return done;
    },
  });
}

describe('while the store does not answer', () => {
  async function brokenWorld(kind: 'unavailable' | 'unknown_outcome', category: string) {
    const faults = { kind: null as typeof kind | null, category };
    const world = await openWorld({ wrap: failing(faults), deadlineMs: 100 });
    const drawn = await world.ask('deploy');
    faults.kind = kind;
    return { world, drawn, faults };
  }

  test('nothing is carried out of which it does not say that it is new, and the person is told', async () => {
    const { world, drawn, faults } = await brokenWorld('unavailable', 'signature-');
    expect((await world.click('U0BOB', drawn, 'approve')).status).toBe(200);
    const nothing = 'The ledger does not answer; nothing was recorded. Try again in a moment.';
    expect(await world.told('U0BOB')).toEqual([nothing]);
    faults.kind = 'unknown_outcome';
    await world.click('U0BOB', drawn, 'approve');
    expect(await world.told('U0BOB', 2)).toEqual([nothing, nothing]);
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
  });

  test('a click that was not recorded is told so', async () => {
    const { world, drawn, faults } = await brokenWorld('unavailable', 'approval-');
    await world.click('U0BOB', drawn, 'approve');
    expect((await world.told('U0BOB'))[0]).toContain('nothing was recorded');
    faults.kind = null;
    await world.click('U0BOB', drawn, 'approve');
    await until(async () => (await world.happened(drawn)).includes('ApprovalGranted'), 'a vote');
  });

  test('a click that may have been recorded is told so, and repeating it is harmless', async () => {
    const { world, drawn, faults } = await brokenWorld('unknown_outcome', 'approval-');
    await world.click('U0BOB', drawn, 'approve');
    expect((await world.told('U0BOB'))[0]).toContain('whether this was recorded is not known');
    faults.kind = null;
    await world.click('U0BOB', drawn, 'approve');
    expect((await world.told('U0BOB', 2))[1]).toBe('Nothing to do: your approval already stands.');
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested', 'ApprovalGranted']);
  });

  test('a form that was not recorded stays open, with what was typed', async () => {
    const { world, drawn, faults } = await brokenWorld('unavailable', 'approval-');
    await world.click('U0BOB', drawn, 'deny');
    await until(() => world.simulator.openView('U0BOB') !== null, 'asked');
    await world.simulator.submit('U0BOB', { reason: 'a long reason' });
    expect(world.simulator.openView('U0BOB')?.errors).toEqual({
      reason: 'The ledger does not answer; nothing was recorded. Try again in a moment.',
    });
    faults.kind = null;
    await world.simulator.submit('U0BOB', { reason: 'a long reason' });
    expect(world.simulator.openView('U0BOB')).toBeNull();
    expect(await world.happened(drawn)).toContain('RequestDenied');
  });
});

test('what nobody foresaw is a signal, and told', async () => {
  const world = await openWorld();
  const drawn = await world.ask('deploy');
  const ledger = { ...world.ledger, execute: () => Promise.reject(new TypeError('a mistake of ours')) };
  const broken = await world.instance({ ledger });
  world.simulator.deliverTo(broken.url);
  await world.click('U0BOB', drawn, 'approve');
  expect(await world.told('U0BOB')).toEqual([
    'This could not be recorded. Look at the message, and try again.',
  ]);
  expect(world.failures).toEqual([
    {
      what: 'carrying out a click in Slack',
      error: expect.objectContaining({ message: 'a mistake of ours' }),
    },
  ]);
});

test('fifty people click at once: each is answered in time, and each vote is recorded', async () => {
  const world = await openWorld();
  const requests = await Promise.all(Array.from({ length: 25 }, () => world.ask('deploy')));
  const deliveries = await Promise.all(
    requests.flatMap((drawn) => [
      world.click('U0BOB', drawn, 'approve'),
      world.click('U0CAROL', drawn, 'approve'),
    ]),
  );
  expect(deliveries.map(({ status }) => status)).toEqual(Array(50).fill(200));
  expect(Math.max(...deliveries.map(({ milliseconds }) => milliseconds))).toBeLessThan(3000);
  await until(async () => {
    const all = await Promise.all(requests.map((drawn) => world.happened(drawn)));
    return all.every((types) => types.includes('RequestApproved'));
  }, 'all approved');
  expect(privately(world)).toEqual([]);
  expect(world.failures).toEqual([]);
});

test('more clicks than are carried out at a time are told to try again, and are not carried out', async () => {
  const world = await openWorld({ deps: { limits: { ...LIMITS, maxInFlight: 1 } } });
  const [first, second] = [await world.ask('deploy'), await world.ask('deploy')];
  world.slow.ms = 500;
  await world.click('U0BOB', first, 'approve');
  await world.click('U0CAROL', second, 'approve');
  expect((await world.told('U0CAROL'))[0]).toContain('Too much is under way just now. Nothing was recorded');
  await until(async () => (await world.happened(first)).includes('ApprovalGranted'), 'the first vote');
  world.slow.ms = 0;
  expect(await world.happened(second)).toEqual(['ApprovalRequested']);
  await until(async () => {
    await world.click('U0CAROL', second, 'approve');
    return (await world.happened(second)).includes('ApprovalGranted');
  }, 'the second vote');
});

test('stopping waits for what is under way, and takes nothing new', async () => {
  const world = await openWorld();
  const drawn = await world.ask('deploy');
  const { url, inbound } = await world.instance();
  world.simulator.deliverTo(url);
  world.slow.ms = 200;
  await world.click('U0BOB', drawn, 'approve');
  await inbound.stop();
  expect(await world.happened(drawn)).toContain('ApprovalGranted');
  world.slow.ms = 0;
  await world.click('U0CAROL', drawn, 'approve');
  expect((await world.told('U0CAROL'))[0]).toContain('Nothing was recorded');
  expect(await world.happened(drawn)).not.toContain('RequestApproved');
});
