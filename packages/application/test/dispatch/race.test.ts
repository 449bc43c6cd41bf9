import { createLedger, type Ledger } from '@countersign/application';
import { type Approval, statusOf } from '@countersign/domain';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { as, codeOf, human, made, type World } from '../world.ts';
import { openWorld } from './world.ts';

let world: World;
let other: Ledger;
beforeEach(async () => {
  world = await openWorld();
  const { store, keys, policies } = world;
  const overrideLimits = { maxKeys: 5, maxChars: 1000 };
  other = createLedger({ store, keys, policies, clock: () => world.now, overrideLimits });
});
afterEach(() => world.close());

const admin = as(human('root', { roles: ['admin'] }));
const LEASE_MS = 30_000;

async function approvedPlan(): Promise<string> {
  const { approval } = made(await world.ask({ action: 'create', params: { name: 'shop', size: 3 } }));
  const { requestId } = approval.request;
  made(await world.approve(requestId, 'bob'));
  return requestId;
}

async function typesOf(requestId: string): Promise<string[]> {
  return (await world.stream(`approval-${requestId}`)).map(({ type }) => type);
}

describe('many at once, through two ledgers on one store', () => {
  test('one of 64 starts the dispatch, and the others are told who did', async () => {
    const requestId = await approvedPlan();
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, n) =>
        (n % 2 === 0 ? world.ledger : other).execute(
          { type: 'StartDispatch', requestId, instance: `i${n}`, leaseMs: LEASE_MS },
          admin,
        ),
      ),
    );
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(codes.filter((code) => code === 'already_dispatching')).toHaveLength(63);
    expect((await typesOf(requestId)).filter((type) => type === 'DispatchStarted')).toHaveLength(1);
  });

  test('one takes a dispatch over whose lease is over', async () => {
    const requestId = await approvedPlan();
    made(
      await world.ledger.execute(
        { type: 'StartDispatch', requestId, instance: 'dead', leaseMs: LEASE_MS },
        admin,
      ),
    );
    const resume = (n: number) =>
      (n % 2 === 0 ? world.ledger : other).tick({
        type: 'ResumeDispatch',
        requestId,
        instance: `i${n}`,
        leaseMs: LEASE_MS,
      });
    const early = made(await resume(0));
    expect(early.changed).toBe(false);
    world.now += LEASE_MS;
    const answers = await Promise.all(Array.from({ length: 32 }, (_, n) => resume(n)));
    const winners = answers.filter((answer) => made(answer).changed);
    expect(winners).toHaveLength(1);
    expect((await typesOf(requestId)).filter((type) => type === 'DispatchResumed')).toHaveLength(1);
  });

  test('a step is started once, whoever else holds an older word of it', async () => {
    const requestId = await approvedPlan();
    made(
      await world.ledger.execute(
        { type: 'StartDispatch', requestId, instance: 'a', leaseMs: LEASE_MS },
        admin,
      ),
    );
    const until = new Date(world.now + LEASE_MS).toISOString();
    const start = (ledger: Ledger, instance: string) =>
      ledger.tick({
        type: 'RecordStep',
        requestId,
        instance,
        dispatch: 1,
        report: { what: 'started', step: 0, try: 1, until },
      });
    world.now += LEASE_MS;
    const answers = await Promise.all([
      start(world.ledger, 'a'),
      other.tick({ type: 'ResumeDispatch', requestId, instance: 'b', leaseMs: LEASE_MS }),
      start(other, 'b'),
    ]);
    const started = (await typesOf(requestId)).filter((type) => type === 'StepStarted');
    expect(started.length).toBeLessThanOrEqual(1);
    expect(answers.map(codeOf).filter((code) => code === 'ok' || code === 'lease_lost')).toHaveLength(3);
  });
});

test('a dispatch from its start to its end, as the ledger tells it', async () => {
  const requestId = await approvedPlan();
  made(
    await world.ledger.execute({ type: 'StartDispatch', requestId, instance: 'a', leaseMs: LEASE_MS }, admin),
  );
  const until = new Date(world.now + LEASE_MS).toISOString();
  const common = { type: 'RecordStep', requestId, instance: 'a', dispatch: 1 } as const;
  let approval: Approval | undefined;
  for (const step of [0, 1]) {
    made(await world.ledger.tick({ ...common, report: { what: 'started', step, try: 1, until } }));
    const done = {
      what: 'succeeded',
      step,
      result: { url: `https://example.com/${step}` },
      reconciled: false,
    } as const;
    approval = made(await world.ledger.tick({ ...common, report: done })).approval;
  }
  expect(approval && statusOf(approval)).toBe('dispatched');
  expect((await typesOf(requestId)).slice(-6)).toEqual([
    'DispatchStarted',
    'StepStarted',
    'StepSucceeded',
    'StepStarted',
    'StepSucceeded',
    'Dispatched',
  ]);
  const loaded = await world.ledger.load(requestId);
  expect(loaded?.approval.dispatch?.steps.map(({ result }) => result)).toEqual([
    { url: 'https://example.com/0' },
    { url: 'https://example.com/1' },
  ]);
});

test('somebody who may not start a dispatch is recorded as having tried', async () => {
  const requestId = await approvedPlan();
  const tried = await world.ledger.execute(
    { type: 'StartDispatch', requestId, instance: 'a', leaseMs: LEASE_MS },
    as(human('bob')),
  );
  expect(codeOf(tried)).toBe('role_missing');
  const [attempt] = await world.stream(`attempt-${requestId}`);
  expect(JSON.parse(attempt?.data ?? '{}')).toMatchObject({ command: 'StartDispatch', rule: 'role_missing' });
});
