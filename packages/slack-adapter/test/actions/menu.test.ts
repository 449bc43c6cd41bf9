import { describe, expect, test } from '@jest/globals';
import { closeWorlds, type Drawn, openWorld, until, type World } from '../receive/world.ts';

closeWorlds();

async function choose(world: World, user: string, drawn: Drawn, value: string): Promise<void> {
  await world.click(user, drawn, 'more', [value]);
  await until(() => world.simulator.openView(user) !== null, `a form for ${value}`);
}

const shown = (world: World, user: string) => JSON.stringify(world.simulator.openView(user)?.view ?? null);

describe('cancelling', () => {
  test('by whom it was asked for takes the request back, with a reason', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy', { onBehalfOf: 'carol' });
    await choose(world, 'U0CAROL', drawn, 'cancel');
    await world.simulator.submit('U0CAROL', { reason: 'not needed' });
    expect(world.simulator.openView('U0CAROL')).toBeNull();
    const [, cancelled] = await world.events(drawn);
    expect(cancelled?.type).toBe('RequestCancelled');
    expect(JSON.parse(cancelled?.data ?? '')).toMatchObject({ by: { sub: 'carol' }, reason: 'not needed' });
  });

  test('by anybody else is refused where the form was, and recorded', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy');
    await choose(world, 'U0BOB', drawn, 'cancel');
    await world.simulator.submit('U0BOB', { reason: null });
    expect(shown(world, 'U0BOB')).toContain('Not done: only ci, or whom it was asked for, can cancel');
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
    expect(await world.attempts(drawn)).toEqual([{ rule: 'not_requester', by: 'bob' }]);
  });

  test('twice is told, and happens once', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy', { onBehalfOf: 'carol' });
    await choose(world, 'U0CAROL', drawn, 'cancel');
    await world.send('carol', { type: 'CancelRequest', requestId: drawn.requestId });
    await world.simulator.submit('U0CAROL', { reason: null });
    expect(shown(world, 'U0CAROL')).toContain('Nothing to do: the request was cancelled before.');
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested', 'RequestCancelled']);
  });
});

describe('breaking the glass', () => {
  const reason = 'the database is on fire';

  test('by a super-approver decides at once, with the reason', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    await choose(world, 'U0ALICE', drawn, 'break_glass');
    await world.simulator.submit('U0ALICE', { verdict: 'approved', reason });
    expect(world.simulator.openView('U0ALICE')).toBeNull();
    const [, broken, approved] = await world.events(drawn);
    expect(JSON.parse(broken?.data ?? '')).toMatchObject({ by: { sub: 'alice', via: 'slack' }, reason });
    expect(approved?.type).toBe('RequestApproved');
  });

  test('can deny as well', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    await choose(world, 'U0ALICE', drawn, 'break_glass');
    await world.simulator.submit('U0ALICE', { verdict: 'denied', reason });
    expect((await world.happened(drawn)).at(-1)).toBe('RequestDenied');
  });

  test('by anybody else is refused and recorded', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    await choose(world, 'U0BOB', drawn, 'break_glass');
    await world.simulator.submit('U0BOB', { verdict: 'approved', reason });
    expect(shown(world, 'U0BOB')).toContain('Not done: bob is not a super-approver of this request.');
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
    expect(await world.attempts(drawn)).toEqual([{ rule: 'not_super_approver', by: 'bob' }]);
  });

  test('for the own request is refused and recorded', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy', { onBehalfOf: 'alice' });
    await choose(world, 'U0ALICE', drawn, 'break_glass');
    await world.simulator.submit('U0ALICE', { verdict: 'approved', reason });
    expect(await world.attempts(drawn)).toEqual([{ rule: 'self_approval', by: 'alice' }]);
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
  });

  test.each(['approved', 'denied'])(
    'as %s forces nothing but the plan it was opened for',
    async (verdict) => {
      const world = await openWorld();
      const drawn = await world.ask('migrate', { params: { batchSize: 10, window: 'night' } });
      await choose(world, 'U0ALICE', drawn, 'break_glass');
      const { requestId } = drawn;
      await world.send('bob', {
        type: 'Decide',
        requestId,
        status: 'approved',
        overrides: { batchSize: 1000 },
      });
      await world.simulator.submit('U0ALICE', { verdict, reason });
      expect(shown(world, 'U0ALICE')).toContain('Not done: this message is out of date');
      expect(await world.happened(drawn)).toEqual([
        'ApprovalRequested',
        'ParametersOverridden',
        'ApprovalGranted',
      ]);
    },
  );

  test('forces no plan that takes its place just then', async () => {
    const world = await openWorld();
    const drawn = await world.ask('migrate', { params: { batchSize: 10, window: 'night' } });
    await choose(world, 'U0ALICE', drawn, 'break_glass');
    const { requestId } = drawn;
    const overrides = { batchSize: 1000 };
    const { ledger } = world;
    // Bob's edit comes between what is looked at and what is recorded.
    const racing = await world.instance({
      ledger: {
        ...ledger,
        async execute(intent, context) {
          await world.send('bob', { type: 'Decide', requestId, status: 'approved', overrides });
          return ledger.execute(intent, context);
        },
      },
    });
    world.simulator.deliverTo(racing.url);
    await world.simulator.submit('U0ALICE', { verdict: 'approved', reason });
    expect(shown(world, 'U0ALICE')).toContain('Not done: the request has changed since this was drawn');
    expect(await world.happened(drawn)).not.toContain('BreakGlassInvoked');
  });

  test('for a reason of nothing but spaces leaves the form open, with the error at the reason', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    await choose(world, 'U0ALICE', drawn, 'break_glass');
    await world.simulator.submit('U0ALICE', { verdict: 'approved', reason: 'x            ' });
    const { errors } = world.simulator.openView('U0ALICE') ?? {};
    expect(errors).toEqual({ reason: 'breaking the glass needs a reason of at least 10 characters' });
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
    await world.simulator.submit('U0ALICE', { verdict: 'approved', reason });
    expect(await world.happened(drawn)).toContain('BreakGlassInvoked');
  });
});
