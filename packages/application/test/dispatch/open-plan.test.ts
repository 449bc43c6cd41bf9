import type { JsonObject } from '@countersign/domain';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { made, type World } from '../world.ts';
import { openWorld } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const customer = { name: 'Ann', email: 'ann@example.com' };
const mail = async () => made(await world.ask({ action: 'mail', params: { customer } }));

describe('opening a plan', () => {
  test('gives the steps with personal values readable, and their keys', async () => {
    const { approval } = await mail();
    const { requestId } = approval.request;
    const opened = await world.ledger.openPlan(requestId);
    expect(opened).toMatchObject({ planHash: approval.dispatch?.planHash, faults: [] });
    expect(opened?.steps).toEqual([
      {
        connector: 'post',
        operation: 'send',
        input: { title: 'Dear Ann', to: 'ann@example.com' },
        idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    ]);
    expect(await world.ledger.openPlan(approval)).toEqual(opened);
  });

  test('is needed, as the ledger holds none of them', async () => {
    const { approval } = await mail();
    const stored = await world.stream(`approval-${approval.request.requestId}`);
    expect(JSON.stringify(stored)).not.toMatch(/Ann|ann@example/);
  });

  test('gives the key that goes on the record with the step', async () => {
    const { approval } = await mail();
    const { requestId } = approval.request;
    await world.approve(requestId, 'bob');
    const opened = await world.ledger.openPlan(requestId);
    const instance = 'one';
    world.now += 1000;
    const admin = {
      principal: { sub: 'root', tenant: 'default', kind: 'human', roles: ['admin'], groups: [] },
    } as const;
    const context = { ...admin, via: 'api', correlationId: 'c' } as const;
    made(await world.ledger.execute({ type: 'StartDispatch', requestId, instance, leaseMs: 1000 }, context));
    const until = new Date(world.now + 1000).toISOString();
    const report = { what: 'started', step: 0, try: 1, until } as const;
    made(await world.ledger.tick({ type: 'RecordStep', requestId, instance, dispatch: 1, report }, 'work-1'));
    const last = (await world.stream(`approval-${requestId}`)).at(-1);
    expect(JSON.parse(last?.data ?? '')).toMatchObject({ idempotencyKey: opened?.steps[0]?.idempotencyKey });
    expect(JSON.parse(last?.metadata ?? '')).toMatchObject({ correlationId: 'work-1' });
  });

  test('once the key is destroyed, tells what can not be carried out any more', async () => {
    const { approval } = await mail();
    const { requestId } = approval.request;
    await world.keys.destroy(requestId);
    const opened = await world.ledger.openPlan(requestId);
    expect(opened?.planHash).toBe(approval.dispatch?.planHash);
    expect(opened?.faults.map(({ step, pointer }) => [step, pointer])).toEqual([
      [0, '/title'],
      [0, '/to'],
    ]);
    expect(JSON.stringify(opened?.steps)).not.toContain('Ann');
  });

  test("opens the caller's own steps in their places", async () => {
    const steps = [{ connector: 'post', operation: 'send', input: { title: 'hi', to: 'ann@example.com' } }];
    const { approval } = made(await world.ask({ action: 'own', params: { steps } as JsonObject }));
    const opened = await world.ledger.openPlan(approval.request.requestId);
    expect(opened?.steps[0]?.input).toEqual(steps[0]?.input);
    await world.keys.destroy(approval.request.requestId);
    expect((await world.ledger.openPlan(approval))?.faults).toHaveLength(1);
  });

  test('of another request than the values were sealed for is an error', async () => {
    const [one, other] = [await mail(), await mail()];
    const swapped = { ...one.approval, params: other.approval.params };
    await expect(world.ledger.openPlan(swapped)).rejects.toThrow();
  });

  test('gives nothing where there is none', async () => {
    const { approval } = made(await world.ask({ action: 'plain' }));
    expect(await world.ledger.openPlan(approval.request.requestId)).toBeNull();
    expect(await world.ledger.openPlan('019b0000-0000-7000-8000-000000000000')).toBeNull();
  });
});
