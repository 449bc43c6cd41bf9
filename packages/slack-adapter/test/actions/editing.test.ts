import { describe, expect, test } from '@jest/globals';
import { closeWorlds, type Drawn, openWorld, until, type World } from '../receive/world.ts';

closeWorlds();

const PARAMS = { batchSize: 10, window: 'night', connection: { password: 'hunter2' } };
// By the place of the key in the policy's list.
const BATCH_SIZE = 'field/0';
const WINDOW = 'field/1';

async function openForm(world: World, user: string, drawn: Drawn): Promise<void> {
  await world.click(user, drawn, 'edit');
  await until(() => world.simulator.openView(user) !== null, 'a form');
}

const shown = (world: World, user: string) => JSON.stringify(world.simulator.openView(user)?.view ?? null);
const errorsOf = (world: World, user: string) => world.simulator.openView(user)?.errors;

describe('Edit and approve', () => {
  test('records the edit and counts the vote on it', async () => {
    const world = await openWorld();
    const drawn = await world.ask('migrate', { params: PARAMS });
    await openForm(world, 'U0BOB', drawn);
    expect(shown(world, 'U0BOB')).not.toContain('hunter2');
    const typed = { [BATCH_SIZE]: '20', [WINDOW]: 'night', note: 'smaller steps' };
    await world.simulator.submit('U0BOB', typed);
    expect(world.simulator.openView('U0BOB')).toBeNull();
    const [, edit, vote] = await world.events(drawn);
    expect(JSON.parse(edit?.data ?? '')).toMatchObject({
      by: { sub: 'bob', via: 'slack' },
      diff: [{ key: 'batchSize', from: 10, to: 20 }],
      material: true,
    });
    const known = await world.ledger.load(drawn.requestId);
    expect(vote?.type).toBe('ApprovalGranted');
    expect(JSON.parse(vote?.data ?? '')).toMatchObject({
      note: 'smaller steps',
      paramsHash: known?.approval.paramsHash,
    });
  });

  test('of nothing is an approval of what stands', async () => {
    const world = await openWorld();
    const drawn = await world.ask('migrate', { params: PARAMS });
    await openForm(world, 'U0BOB', drawn);
    await world.simulator.submit('U0BOB', {});
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested', 'ApprovalGranted']);
  });

  test('tells at the field what is wrong there, and keeps the form open', async () => {
    const world = await openWorld();
    const drawn = await world.ask('migrate', { params: PARAMS });
    await openForm(world, 'U0BOB', drawn);
    await world.simulator.submit('U0BOB', { [BATCH_SIZE]: '15', [WINDOW]: 'no' });
    expect(errorsOf(world, 'U0BOB')).toEqual({
      [BATCH_SIZE]: expect.stringContaining('multiple of 10'),
      [WINDOW]: expect.stringContaining('3 characters'),
    });
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
    await world.simulator.submit('U0BOB', { [BATCH_SIZE]: '30' });
    expect(await world.happened(drawn)).toContain('ParametersOverridden');
  });

  test('beyond the limits is told in the form', async () => {
    const world = await openWorld();
    const drawn = await world.ask('migrate', { params: PARAMS });
    await openForm(world, 'U0BOB', drawn);
    await world.simulator.submit('U0BOB', { [WINDOW]: 'x'.repeat(300) });
    expect(Object.values(errorsOf(world, 'U0BOB') ?? {})).toEqual([
      expect.stringContaining('at most 200 are allowed'),
    ]);
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
  });

  test('of a form that is older than the parameters is refused', async () => {
    const world = await openWorld();
    const drawn = await world.ask('migrate', { params: PARAMS });
    const { requestId } = drawn;
    await openForm(world, 'U0BOB', drawn);
    await world.send('carol', {
      type: 'Decide',
      requestId,
      status: 'approved',
      overrides: { batchSize: 50 },
    });
    const before = await world.happened(drawn);
    await world.simulator.submit('U0BOB', { [BATCH_SIZE]: '20' });
    expect(shown(world, 'U0BOB')).toContain('the parameters have changed since this was drawn');
    expect(await world.happened(drawn)).toEqual(before);
  });

  test('opens with what stands now, however old the message that was clicked on', async () => {
    const world = await openWorld();
    const drawn = await world.ask('migrate', { params: PARAMS });
    const { requestId } = drawn;
    await world.send('carol', {
      type: 'Decide',
      requestId,
      status: 'approved',
      overrides: { batchSize: 50 },
    });
    await openForm(world, 'U0BOB', drawn);
    expect(shown(world, 'U0BOB')).toContain('"initial_value":"50"');
    await world.simulator.submit('U0BOB', { [BATCH_SIZE]: '20' });
    expect((await world.happened(drawn)).filter((type) => type === 'ParametersOverridden')).toHaveLength(2);
  });

  test('by whoever may not approve is refused and recorded', async () => {
    const world = await openWorld();
    const drawn = await world.ask('migrate', { params: PARAMS });
    await openForm(world, 'U0MALLORY', drawn);
    await world.simulator.submit('U0MALLORY', { [BATCH_SIZE]: '20' });
    expect(shown(world, 'U0MALLORY')).toContain('Not done: mallory is not an approver');
    expect(await world.attempts(drawn)).toEqual([{ rule: 'not_on_slate', by: 'mallory' }]);
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
  });

  test('shows people of another tenant nothing', async () => {
    const world = await openWorld();
    const drawn = await world.ask('migrate', { params: PARAMS });
    await openForm(world, 'U0ANN', drawn);
    expect(shown(world, 'U0ANN')).toContain('there is no such request');
    expect(shown(world, 'U0ANN')).not.toContain('night');
  });

  test('opens a notice where the ledger takes too long, within what Slack allows', async () => {
    const world = await openWorld();
    const drawn = await world.ask('migrate', { params: PARAMS });
    world.slow.ms = 1200;
    const began = performance.now();
    await openForm(world, 'U0BOB', drawn);
    expect(performance.now() - began).toBeLessThan(3000);
    expect(shown(world, 'U0BOB')).toContain('The ledger does not answer; nothing was recorded.');
  });
});

test('"Show all" opens all parameters, with secrets withheld', async () => {
  const world = await openWorld();
  const list = Array.from({ length: 60 }, (_, n) => `host-${n}.example.com`);
  const drawn = await world.ask('migrate', { params: { ...PARAMS, list } });
  await world.click('U0MALLORY', drawn, 'parameters');
  await until(() => world.simulator.openView('U0MALLORY') !== null, 'the parameters');
  const view = shown(world, 'U0MALLORY');
  for (const host of [list[0], list[59]]) expect(view).toContain(host);
  expect(view).toContain('[withheld]');
  expect(view).not.toContain('hunter2');
});
