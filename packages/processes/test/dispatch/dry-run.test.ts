import type { Connector } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import { admin, approved, startWorld, typesOf } from './world.ts';

describe('a dry run', () => {
  test('of a request says what each step would do, and leaves no trace', async () => {
    const world = await startWorld();
    const one = await world.add();
    const id = await approved(one, 'manual');
    const run = await one.dispatcher.dryRun(id);
    expect(run?.steps.map(({ summary, isDone, faults }) => ({ summary, isDone, faults }))).toEqual(
      ['first', 'second', 'third'].map((name) => {
        return { summary: `would do ${name}, with flowers`, isDone: false, faults: [] };
      }),
    );
    expect(run?.planHash).toMatch(/^sha256:/);
    expect(await typesOf(one, id)).toEqual([]);
    expect(world.outside.requests).toEqual([]);
  });

  test('after a failure says what would not be repeated', async () => {
    const world = await startWorld();
    const one = await world.add();
    const id = await approved(one, 'manual');
    world.outside.on('second', 'refuses');
    await one.dispatcher.dispatch(id, admin);
    const run = await one.dispatcher.dryRun(id);
    expect(run?.steps.map(({ isDone }) => isDone)).toEqual([true, false, false]);
  });

  test("of steps that are nobody's yet, with what is wrong with them", async () => {
    const world = await startWorld();
    const { dispatcher } = await world.add();
    const step = { connector: 'outside', operation: 'do', input: { name: 'x', text: 'y' } };
    const steps = [
      step,
      { ...step, input: {} },
      { ...step, operation: 'undo' },
      { ...step, connector: 'none' },
    ];
    const run = await dispatcher.dryRun(steps);
    expect(run).not.toHaveProperty('planHash');
    expect(run?.steps).toMatchObject([
      { summary: 'would do x, with y', faults: [], details: { input: step.input } },
      { summary: null, details: null, faults: [{ pointer: '/name' }] },
      { summary: null, details: null, faults: [{ pointer: '', detail: 'outside has no operation "undo"' }] },
      {
        summary: null,
        details: null,
        faults: [{ pointer: '', detail: 'there is no connector "none" here' }],
      },
    ]);
  });

  test('of what is not there, or has no plan, is none', async () => {
    const world = await startWorld();
    const one = await world.add();
    expect(await one.dispatcher.dryRun('0190a000-0000-7000-8000-000000000000')).toBeNull();
    expect(await one.dispatcher.dryRun('no id')).toBeNull();
    expect(await one.dispatcher.dryRun(await approved(one, 'nothing'))).toBeNull();
  });

  test.each<[string, Connector['dryRun'], string]>([
    ['throws', () => Promise.reject(new Error('hunter2')), 'outside threw Error when asked what it would do'],
    [
      'does not answer',
      () => new Promise(() => {}),
      'outside gave no answer within 60 ms when asked what it would do',
    ],
  ])('of a connector that %s', async (_, dryRun, detail) => {
    const world = await startWorld();
    const wrapConnector = (connector: Connector): Connector => ({ ...connector, dryRun });
    const one = await world.add({ wrapConnector, limits: { callTimeoutMs: 60 } });
    const run = await one.dispatcher.dryRun(await approved(one, 'one'));
    expect(run?.steps).toMatchObject([{ summary: null, faults: [{ pointer: '', detail }] }]);
  });
});
