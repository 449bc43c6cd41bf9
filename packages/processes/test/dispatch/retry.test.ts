import type { ApprovalEvent } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import { admin, approved, happened, loaded, reached, startWorld, taken, typesOf, until } from './world.ts';

type Failed = Extract<ApprovalEvent, { type: 'StepFailed' }>['data'];

async function failures(instance: Parameters<typeof happened>[0], id: string): Promise<Failed[]> {
  return (await happened(instance, id)).flatMap((event) => (event.type === 'StepFailed' ? [event.data] : []));
}

describe('a step that fails for now', () => {
  test('is tried again after growing pauses, which are on the record', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ limits: { maxTries: 4, retryMs: 1000, maxRetryMs: 3000 } });
    const id = await approved(one, 'one');
    world.outside.on('first', { busyMs: 0 }, { busyMs: 0 }, { busyMs: 0 });
    const dispatched = one.dispatcher.dispatch(id, admin);
    for (const [index, whole] of [1000, 2000, 3000].entries()) {
      await until(async () => (await failures(one, id)).length === index + 1);
      const { retryAt = '', until: leaseEnd, transient, error } = (await failures(one, id))[index] ?? {};
      expect({ transient, error }).toEqual({ transient: true, error: 'busy' });
      const pause = Date.parse(retryAt) - world.clock();
      expect(pause).toBeGreaterThanOrEqual(whole / 2);
      expect(pause).toBeLessThanOrEqual(whole);
      // While it waits the dispatch stays this instance's.
      expect(Date.parse(leaseEnd ?? '')).toBe(Date.parse(retryAt) + 30_000);
      expect(world.outside.requests.length).toBe(index + 1);
      world.advance(pause);
    }
    expect(taken(await dispatched).approval.dispatch).toMatchObject({ phase: 'done', steps: [{ tries: 4 }] });
    expect(world.outside.effects.length).toBe(1);
    expect(new Set(world.outside.requests.map(({ key }) => key)).size).toBe(1);
    expect(one.signals.filter(({ signal }) => signal === 'stepFailed')).toMatchObject(
      Array(3).fill({ again: true, connector: 'outside' }),
    );
  });

  test('is not tried again before the connector says so', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add();
    const id = await approved(one, 'one');
    world.outside.on('first', { busyMs: 20_000 });
    const dispatched = one.dispatcher.dispatch(id, admin);
    await reached(one, id, 'StepFailed');
    const [failed] = await failures(one, id);
    expect(Date.parse(failed?.retryAt ?? '')).toBe(world.clock() + 20_000);
    world.advance(20_000);
    expect(taken(await dispatched).approval.dispatch?.phase).toBe('done');
  });

  test("is nobody's while it waits for long, and then goes on wherever there is somebody", async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add();
    const id = await approved(one, 'one');
    world.outside.on('first', { busyMs: 600_000 });
    // The wait is longer than a minute, so that this instance ends its part.
    const { approval } = taken(await one.dispatcher.dispatch(id, admin, { waitMs: 3_600_000 }));
    const retryAt = new Date(world.clock() + 600_000).toISOString();
    expect(approval.dispatch).toMatchObject({
      phase: 'running',
      run: { until: retryAt },
      steps: [{ retryAt }],
    });
    await one.dispatcher.stop();
    const two = await world.add({ start: true });
    world.advance(599_999);
    expect((await loaded(two, id)).dispatch?.run?.instance).toBe('instance-0');
    world.advance(1);
    await reached(two, id, 'Dispatched');
    expect(await typesOf(two, id)).toEqual([
      ...['DispatchStarted', 'StepStarted', 'StepFailed'],
      ...['DispatchResumed', 'StepStarted', 'StepSucceeded', 'Dispatched'],
    ]);
    expect(world.outside.questions).toEqual([]);
  });

  test('leaves its place to others while it waits', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ limits: { maxConcurrent: 1 } });
    const ids = [await approved(one, 'one'), await approved(one, 'one')] as const;
    world.outside.on('first', { busyMs: 20_000 });
    const waiting = one.dispatcher.dispatch(ids[0], admin);
    await reached(one, ids[0], 'StepFailed');
    const { approval } = taken(await one.dispatcher.dispatch(ids[1], admin, { waitMs: 3_600_000 }));
    expect(approval.dispatch?.phase).toBe('done');
    world.advance(20_000);
    expect(taken(await waiting).approval.dispatch?.phase).toBe('done');
  });

  test('and for ever, as far as the connector says, ends the dispatch', async () => {
    const world = await startWorld();
    const one = await world.add();
    const id = await approved(one, 'one');
    world.outside.on('first', { busyMs: 25 * 3_600_000 });
    expect(taken(await one.dispatcher.dispatch(id, admin)).approval.dispatch?.phase).toBe('failed');
  });

  test('too often ends the dispatch; another one has tries of its own', async () => {
    const world = await startWorld();
    const one = await world.add();
    const requestId = await approved(one, 'one');
    world.outside.on('first', ...Array(3).fill({ busyMs: 0 }));
    const { approval } = taken(await one.dispatcher.dispatch(requestId, admin));
    expect(approval.dispatch).toMatchObject({
      phase: 'failed',
      failure: { step: 0, error: 'busy', outcomeUnknown: false },
    });
    expect(one.signals.at(-1)).toEqual({
      signal: 'failed',
      ...{ requestId, dispatch: 1, correlationId: 'by-olga', step: 0, error: 'busy', outcomeUnknown: false },
    });
    world.outside.on('first', { busyMs: 0 }, { busyMs: 0 });
    const again = taken(await one.dispatcher.dispatch(requestId, admin));
    expect(again.approval.dispatch).toMatchObject({ phase: 'done', run: { dispatch: 2 } });
    expect(world.outside.effects.length).toBe(1);
  });
});

test('a call that its lease would not outlive is not made, and counts as a try', async () => {
  const world = await startWorld({ frozen: true });
  let slow = true;
  const one = await world.add({
    wrapStore: (store) => ({
      ...store,
      append: async (stream, expected, events) => {
        const appended = await store.append(stream, expected, events);
        if (slow && events[0]?.type === 'StepStarted') {
          slow = false;
          // Of the lease of 30 s less is left than the call's 10 s.
          world.advance(20_001);
        }
        return appended;
      },
    }),
  });
  const id = await approved(one, 'one');
  const dispatched = one.dispatcher.dispatch(id, admin);
  await reached(one, id, 'StepFailed');
  expect(world.outside.requests).toEqual([]);
  expect((await failures(one, id))[0]).toMatchObject({
    try: 1,
    transient: true,
    error: expect.stringMatching(/^not sent/),
  });
  world.advance(1000);
  expect(taken(await dispatched).approval.dispatch).toMatchObject({ phase: 'done', steps: [{ tries: 2 }] });
  expect(world.outside.requests.length).toBe(1);
});

describe('a step that fails for good', () => {
  test('ends the dispatch there; a further one goes on there, and repeats nothing', async () => {
    const world = await startWorld();
    const one = await world.add();
    const id = await approved(one, 'manual');
    world.outside.on('second', 'refuses');
    const failed = taken(await one.dispatcher.dispatch(id, admin)).approval.dispatch;
    expect(failed).toMatchObject({
      phase: 'failed',
      failure: { step: 1, error: 'flowers is not welcome', outcomeUnknown: false },
    });
    expect(failed?.steps.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'waiting']);
    const done = taken(await one.dispatcher.dispatch(id, admin)).approval.dispatch;
    expect(done).toMatchObject({ phase: 'done', run: { dispatch: 2 } });
    expect(world.outside.effects.map(({ name }) => name)).toEqual(['first', 'second', 'third']);
    const keys = world.outside.requests.filter(({ name }) => name === 'second').map(({ key }) => key);
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  test('since nobody here has its connector', async () => {
    const world = await startWorld();
    const one = await world.add({ limits: { maxTries: 2 } });
    const steps = [{ connector: 'elsewhere', operation: 'do', input: { name: 'x' } }];
    const id = await approved(one, 'own', { params: { steps } });
    const { approval } = taken(await one.dispatcher.dispatch(id, admin));
    expect(approval.dispatch?.failure?.error).toBe('there is no connector "elsewhere" here');
    expect(world.outside.requests).toEqual([]);
  });
});
