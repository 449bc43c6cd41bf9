import { stepKey } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import { admin, approved, as, loaded, refusedBy, startWorld, taken, typesOf, until } from './world.ts';

describe('a dispatch', () => {
  test('carries the steps out in order, each once, and has their results on the record', async () => {
    const world = await startWorld();
    const one = await world.add();
    const id = await approved(one, 'manual');
    const { approval } = taken(await one.dispatcher.dispatch(id, admin));
    expect(world.outside.effects.map(({ name }) => name)).toEqual(['first', 'second', 'third']);
    expect(await typesOf(one, id)).toEqual([
      'DispatchStarted',
      ...['StepStarted', 'StepSucceeded', 'StepStarted', 'StepSucceeded', 'StepStarted', 'StepSucceeded'],
      'Dispatched',
    ]);
    const planHash = approval.dispatch?.planHash ?? 'sha256:';
    expect(approval.dispatch).toMatchObject({ phase: 'done', run: { by: 'olga', instance: 'instance-0' } });
    for (const [index, { key }] of world.outside.effects.entries()) {
      expect(key).toBe(stepKey(id, planHash, index));
      expect(approval.dispatch?.steps[index]).toMatchObject({
        status: 'succeeded',
        reconciled: false,
        result: { url: `${world.outside.url}/things/${key}` },
      });
    }
  });

  test('tells of itself', async () => {
    const world = await startWorld();
    const one = await world.add();
    const requestId = await approved(one, 'one');
    await one.dispatcher.dispatch(requestId, admin);
    const work = { requestId, dispatch: 1, correlationId: 'by-olga' };
    expect(one.signals).toEqual([
      { signal: 'claimed', ...work },
      { signal: 'started', ...work, resumed: false },
      {
        signal: 'stepSucceeded',
        connector: 'outside',
        operation: 'do',
        reconciled: false,
        seconds: expect.any(Number),
      },
      { signal: 'completed', ...work },
    ]);
    const metadata = (await one.store.readStream(`approval-${requestId}`)).map(({ metadata }) => metadata);
    expect(metadata.slice(-3).every((text) => JSON.parse(text).correlationId === 'by-olga')).toBe(true);
  });

  test("carries out the caller's own steps where the action lets them bring any", async () => {
    const world = await startWorld();
    const one = await world.add();
    const steps = ['left', 'right'].map((name) => ({
      connector: 'outside',
      operation: 'do',
      input: { name },
    }));
    const id = await approved(one, 'own', { params: { steps } });
    taken(await one.dispatcher.dispatch(id, admin));
    expect(world.outside.effects.map(({ name }) => name)).toEqual(['left', 'right']);
  });

  test('whose end takes longer than the caller waits goes on without them', async () => {
    const world = await startWorld();
    const one = await world.add();
    const id = await approved(one, 'manual');
    world.outside.on('second', 'does it, and holds its answer');
    const { approval } = taken(await one.dispatcher.dispatch(id, admin, { waitMs: 0 }));
    expect(approval.dispatch?.phase).toBe('running');
    await until(() => world.outside.effects.length === 2);
    world.outside.release();
    await until(async () => (await loaded(one, id)).dispatch?.phase === 'done');
    expect(world.outside.effects.length).toBe(3);
  });

  test('is refused by the ledger alone, and then nothing is sent', async () => {
    const world = await startWorld();
    const one = await world.add();
    const { dispatcher, ledger } = one;
    const id = await approved(one, 'one');
    expect(refusedBy(await dispatcher.dispatch(id, as('bob', ['approver'])))).toBe('role_missing');
    const stale = { planHash: `sha256:${'0'.repeat(64)}` } as const;
    expect(refusedBy(await dispatcher.dispatch(id, admin, stale))).toBe('stale_plan');
    const foreign = { ...admin, principal: { ...admin.principal, tenant: 'other' } };
    expect(refusedBy(await dispatcher.dispatch(id, foreign))).toBe('not_found');
    const notBefore = new Date(world.clock() + 60_000).toISOString();
    const early = await approved(one, 'one', { notBefore });
    expect(refusedBy(await dispatcher.dispatch(early, admin))).toBe('too_early');
    const empty = await approved(one, 'nothing');
    expect(refusedBy(await dispatcher.dispatch(empty, admin))).toBe('nothing_to_dispatch');
    const asked = { action: 'one', params: { text: 'x' }, channel: 'gate' } as const;
    const pending = taken(await ledger.request(asked, as('ci', ['requester'], 'machine'))).approval.request;
    expect(refusedBy(await dispatcher.dispatch(pending.requestId, admin))).toBe('not_approved');
    expect(world.outside.requests).toEqual([]);
    expect(one.signals).toEqual([]);
  });

  test('that somebody else has begun, or ended, is a conflict', async () => {
    const world = await startWorld();
    const one = await world.add();
    const two = await world.add();
    const requestId = await approved(one, 'one');
    world.outside.on('first', 'does it, and holds its answer');
    const first = one.dispatcher.dispatch(requestId, as('robot', ['admin'], 'machine'));
    await until(() => world.outside.effects.length === 1);
    const second = await two.dispatcher.dispatch(requestId, admin);
    expect(refusedBy(second)).toBe('already_dispatching');
    world.outside.release();
    taken(await first);
    expect(refusedBy(await two.dispatcher.dispatch(requestId, admin))).toBe('already_dispatched');
    const conflict = { signal: 'conflict', requestId, correlationId: 'by-olga' };
    expect(two.signals).toMatchObject([
      { ...conflict, refusal: { code: 'already_dispatching', facts: { by: 'robot' } } },
      { ...conflict, refusal: { code: 'already_dispatched' } },
    ]);
    expect(world.outside.requests.length).toBe(1);
  });

  test('of an approval that was not used in time is refused, and the lapse recorded', async () => {
    const world = await startWorld({ frozen: true });
    const one = await world.add();
    const id = await approved(one, 'brief');
    world.advance(60_000);
    expect(refusedBy(await one.dispatcher.dispatch(id, admin))).toBe('expired');
    expect(await typesOf(one, id)).toEqual(['ApprovalLapsed']);
    expect(world.outside.requests).toEqual([]);
  });

  test('waits its turn when there is no room, though it is claimed at once', async () => {
    const world = await startWorld();
    const one = await world.add({ limits: { maxConcurrent: 1 } });
    const ids = [await approved(one, 'one'), await approved(one, 'one'), await approved(one, 'one')];
    world.outside.on('first', 'does it, and holds its answer');
    const answers = ids.map((id) => one.dispatcher.dispatch(id, admin));
    await until(() => one.signals.filter(({ signal }) => signal === 'claimed').length === 3);
    await until(() => world.outside.effects.length > 0);
    expect(world.outside.effects.length).toBe(1);
    expect(one.signals.filter(({ signal }) => signal === 'started').length).toBe(1);
    world.outside.release();
    for (const answer of await Promise.all(answers))
      expect(taken(answer).approval.dispatch?.phase).toBe('done');
    expect(world.outside.effects.length).toBe(3);
  });
});
