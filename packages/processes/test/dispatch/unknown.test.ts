import type { Connector } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import {
  admin,
  approved,
  happened,
  loaded,
  reached,
  refusedBy,
  startWorld,
  taken,
  typesOf,
  until,
} from './world.ts';

/** A call is soon over, though not before what it sends has arrived. */
const BRIEF = { callTimeoutMs: 500 };

function wrapping(changes: (connector: Connector) => Partial<Connector>) {
  return (connector: Connector): Connector => ({ ...connector, ...changes(connector) });
}

describe('a call whose answer was lost', () => {
  test('and which was carried out is found, not repeated', async () => {
    const world = await startWorld();
    const one = await world.add();
    const id = await approved(one, 'manual');
    world.outside.on('second', 'does it, and its answer is lost');
    const { approval } = taken(await one.dispatcher.dispatch(id, admin));
    expect(approval.dispatch?.phase).toBe('done');
    const key = world.outside.effects[1]?.key;
    const result = { url: `${world.outside.url}/things/${key}` };
    expect(approval.dispatch?.steps[1]).toMatchObject({ reconciled: true, tries: 1, result });
    expect(world.outside.requests.length).toBe(3);
    const [question] = world.outside.questions;
    const { firstStartedAt } = approval.dispatch?.steps[1] ?? {};
    expect(question).toMatchObject({ key, from: firstStartedAt });
    expect(Date.parse(question?.until ?? '')).toBeGreaterThanOrEqual(Date.parse(firstStartedAt ?? ''));
    expect(one.signals.filter(({ signal }) => signal === 'stepSucceeded')).toMatchObject([
      { reconciled: false },
      { reconciled: true },
      { reconciled: false },
    ]);
  });

  test('and which never arrived is sent again, under the same key', async () => {
    const world = await startWorld();
    const one = await world.add();
    const id = await approved(one, 'one');
    world.outside.on('first', 'loses the request');
    taken(await one.dispatcher.dispatch(id, admin));
    expect(await typesOf(one, id)).toEqual([
      ...['DispatchStarted', 'StepStarted', 'StepFailed', 'StepStarted', 'StepSucceeded', 'Dispatched'],
    ]);
    const failed = (await happened(one, id)).find(({ type }) => type === 'StepFailed');
    expect(failed?.data).toMatchObject({ error: 'ECONNRESET; it was found not done', transient: true });
    const [first, second] = world.outside.requests;
    expect(second?.key).toBe(first?.key);
    expect(world.outside.effects.length).toBe(1);
  });

  test('is asked for until somebody answers', async () => {
    const world = await startWorld();
    const one = await world.add();
    const id = await approved(one, 'one');
    world.outside.on('first', 'does it, and its answer is lost');
    world.outside.onQuestion('loses the question', { busyMs: 5 }, { busyMs: 0 });
    expect(taken(await one.dispatcher.dispatch(id, admin)).approval.dispatch?.phase).toBe('done');
    expect(world.outside.questions.length).toBe(4);
    expect(world.outside.effects.length).toBe(1);
  });

  test('is not asked for before the time that the outside names, even beyond a lease', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add({ start: true });
    const id = await approved(one, 'one');
    const began = world.clock();
    world.outside.on('first', 'does it, and its answer is lost');
    world.outside.onQuestion({ busyMs: 100_000 });
    // It does not even wait for the end of the lease.
    const { approval } = taken(await one.dispatcher.dispatch(id, admin, { waitMs: 3_600_000 }));
    expect(approval.dispatch?.steps[0]?.status).toBe('started');
    world.advance(60_000);
    const other = await approved(one, 'auto');
    await reached(one, other, 'Dispatched');
    world.advance(40_000);
    await reached(one, id, 'Dispatched');
    const resumed = (await happened(one, id)).filter(({ type }) => type === 'DispatchResumed');
    expect(resumed.map(({ data }) => Date.parse(data.at) - began)).toEqual([100_000]);
    expect(world.outside.questions.length).toBe(2);
    expect(new Set(world.outside.requests.map(({ key }) => key)).size).toBe(world.outside.requests.length);
  });

  test('is left to a person once nobody could be asked for long', async () => {
    const world = await startWorld();
    const one = await world.add({ limits: { askMs: 1 } });
    const id = await approved(one, 'one');
    world.outside.on('first', 'does it, and its answer is lost');
    world.outside.onQuestion({ busyMs: 0 }, { busyMs: 0 }, { busyMs: 0 }, { busyMs: 0 });
    const { approval } = taken(await one.dispatcher.dispatch(id, admin));
    expect(approval.dispatch).toMatchObject({
      phase: 'failed',
      failure: { error: 'ECONNRESET; busy', outcomeUnknown: true },
    });
  });

  test('is left to a person when the outside wants to be left alone for more than a day', async () => {
    const world = await startWorld();
    const one = await world.add();
    const id = await approved(one, 'one');
    world.outside.on('first', 'does it, and its answer is lost');
    world.outside.onQuestion({ busyMs: 86_400_001 });
    const { approval } = taken(await one.dispatcher.dispatch(id, admin));
    expect(approval.dispatch?.failure).toMatchObject({ error: 'ECONNRESET; busy', outcomeUnknown: true });
    expect(world.outside.questions.length).toBe(1);
  });

  test('for no answer came in time is asked for once the call has ended', async () => {
    const world = await startWorld();
    const one = await world.add({ limits: BRIEF });
    const id = await approved(one, 'one');
    world.outside.on('first', 'does it, and never answers');
    expect(taken(await one.dispatcher.dispatch(id, admin)).approval.dispatch?.phase).toBe('done');
    expect(world.outside.requests.length).toBe(1);
    expect(world.outside.questions.length).toBeGreaterThan(0);
  });

  test('by a connector that does not even end when it is told to', async () => {
    const world = await startWorld();
    const ended: boolean[] = [];
    const one = await world.add({
      limits: BRIEF,
      wrapConnector: wrapping(({ execute }) => ({
        execute: async (call) => {
          call.signal.addEventListener('abort', () => ended.push(true));
          await execute(call);
          return new Promise(() => {});
        },
      })),
    });
    const id = await approved(one, 'one');
    const { approval } = taken(await one.dispatcher.dispatch(id, admin));
    expect(approval.dispatch).toMatchObject({ phase: 'done', steps: [{ reconciled: true }] });
    expect(ended).toEqual([true]);
    expect(world.outside.effects.length).toBe(1);
  });

  test('by a connector that throws is asked for, not before the time of the call is over', async () => {
    const world = await startWorld();
    const times: number[] = [];
    const one = await world.add({
      limits: BRIEF,
      wrapConnector: wrapping(({ execute, reconcile }) => ({
        execute: async (call) => {
          times.push(performance.now());
          await execute(call);
          throw new TypeError('token=hunter2 is not what it should be');
        },
        reconcile: (call) => {
          times.push(performance.now());
          return reconcile(call);
        },
      })),
    });
    const id = await approved(one, 'one');
    const { approval } = taken(await one.dispatcher.dispatch(id, admin));
    expect(approval.dispatch).toMatchObject({ phase: 'done', steps: [{ reconciled: true }] });
    const [called = 0, asked = 0] = times;
    // Timers may fire a little early.
    expect(asked - called).toBeGreaterThanOrEqual(BRIEF.callTimeoutMs - 1);
    const broken = one.signals.find(({ signal }) => signal === 'broken');
    expect(broken).toMatchObject({ what: 'calling outside', error: { message: 'threw TypeError' } });
    const stack = broken && (broken.error as Error).stack;
    expect(stack).toContain('unknown.test');
    expect(stack).not.toContain('hunter2');
  });
});

describe('an answer that says nothing', () => {
  test.each([
    undefined,
    null,
    'done',
    {},
    { outcome: 'succeeded' },
    { outcome: 'failed' },
    { outcome: 'maybe' },
  ])('%j to a call: the outside is asked', async (answer) => {
    const world = await startWorld();
    const one = await world.add({
      wrapConnector: wrapping(({ execute }) => ({
        execute: async (call) => {
          await execute(call);
          return answer as never;
        },
      })),
    });
    const id = await approved(one, 'one');
    const { approval } = taken(await one.dispatcher.dispatch(id, admin));
    expect(approval.dispatch).toMatchObject({ phase: 'done', steps: [{ reconciled: true }] });
    expect(world.outside.requests.length).toBe(1);
  });

  test.each([undefined, { found: 'done' }, { found: 'cannot_tell' }, { found: 'perhaps' }])(
    '%j to the question: a person has to find out',
    async (answer) => {
      const world = await startWorld();
      const one = await world.add({
        wrapConnector: wrapping(() => ({ reconcile: async () => answer as never })),
      });
      world.outside.on('first', 'does it, and its answer is lost');
      const id = await approved(one, 'one');
      const { approval } = taken(await one.dispatcher.dispatch(id, admin));
      const error = 'ECONNRESET; outside gave an answer that says nothing';
      expect(approval.dispatch?.failure).toMatchObject({ outcomeUnknown: true, error });
    },
  );
});

describe('a step of which nobody can tell', () => {
  async function unknownStep(action: string) {
    const world = await startWorld();
    const one = await world.add();
    const requestId = await approved(one, action);
    world.outside.on('first', 'does it, and its answer is lost');
    world.outside.onQuestion('cannot tell');
    const { approval } = taken(await one.dispatcher.dispatch(requestId, admin));
    expect(approval.dispatch).toMatchObject({
      phase: 'failed',
      failure: { step: 0, error: 'ECONNRESET; it keeps no record', outcomeUnknown: true },
      steps: [{ status: 'unknown' }, ...(action === 'one' ? [] : [{}, {}])],
    });
    const settle = (outcome: 'succeeded' | 'failed') =>
      one.ledger.execute(
        { type: 'SettleStep', requestId, step: 0, outcome, note: 'looked at it myself' },
        admin,
      );
    return { world, one, requestId, settle };
  }

  test('stops everything until a person has settled it', async () => {
    const { world, one, requestId } = await unknownStep('manual');
    expect(refusedBy(await one.dispatcher.dispatch(requestId, admin))).toBe('step_outcome_unknown');
    expect(world.outside.requests.length).toBe(1);
    expect(one.signals.filter(({ signal }) => signal === 'stepFailed')).toMatchObject([{ again: false }]);
    expect(one.signals).toContainEqual(expect.objectContaining({ signal: 'failed', outcomeUnknown: true }));
  });

  test('and was settled as done is not repeated: a further dispatch goes on behind it', async () => {
    const { world, one, requestId, settle } = await unknownStep('manual');
    taken(await settle('succeeded'));
    expect(taken(await one.dispatcher.dispatch(requestId, admin)).approval.dispatch?.phase).toBe('done');
    expect(world.outside.effects.map(({ name }) => name)).toEqual(['first', 'second', 'third']);
  });

  test('and was settled as not done is carried out by a further dispatch', async () => {
    const { world, one, requestId, settle } = await unknownStep('manual');
    taken(await settle('failed'));
    expect(taken(await one.dispatcher.dispatch(requestId, admin)).approval.dispatch?.phase).toBe('done');
    // The person was wrong, and is believed.
    expect(world.outside.effects.map(({ name }) => name)).toEqual(['first', 'first', 'second', 'third']);
  });

  test('and was the last one is done with its settling', async () => {
    const { world, one, requestId, settle } = await unknownStep('one');
    taken(await settle('succeeded'));
    expect((await loaded(one, requestId)).dispatch?.phase).toBe('done');
    expect(refusedBy(await one.dispatcher.dispatch(requestId, admin))).toBe('already_dispatched');
    await until(() => world.outside.requests.length === 1);
  });
});
