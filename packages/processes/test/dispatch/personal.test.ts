import { canonicalJson, type Json, type JsonObject } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maskFor } from '../../src/dispatch/personal.ts';
import { admin, approved, happened, startWorld, taken, typesOf } from './world.ts';

const params = { text: 'Ann Smith', customer: { mail: 'ann@example.com', age: 61234 } };

describe('personal values', () => {
  test('are readable for the connector, and stay out of the ledger and of dry runs', async () => {
    const world = await startWorld();
    const inputs: Json[] = [];
    const one = await world.add({
      wrapConnector: (connector) => ({
        ...connector,
        execute: async (call) => {
          inputs.push(call.input);
          const outcome = await connector.execute(call);
          if (outcome.outcome !== 'succeeded') return outcome;
          return {
            outcome: 'succeeded',
            result: { ...outcome.result, told: call.input, 'ann@example.com': 61234 },
          };
        },
      }),
    });
    const id = await approved(one, 'private', { params });
    const run = await one.dispatcher.dryRun(id);
    expect(run?.steps).toMatchObject([
      { summary: 'would do first, with for [personal], with love', faults: [] },
    ]);
    world.outside.on('first', 'refuses');
    const failed = taken(await one.dispatcher.dispatch(id, admin)).approval.dispatch;
    expect(failed?.failure?.error).toBe('for [personal], with love is not welcome');
    const done = taken(await one.dispatcher.dispatch(id, admin)).approval.dispatch;
    const input = { name: 'first', text: 'for Ann Smith, with love', to: 'ann@example.com' };
    expect(inputs).toEqual([input, input]);
    expect(done?.steps[0]?.result).toMatchObject({
      told: { name: 'first', text: 'for [personal], with love', to: '[personal]' },
    });
    const everything = canonicalJson([await one.store.readStream(`approval-${id}`), run, one.signals]);
    expect(everything).not.toMatch(/Ann Smith|ann@example|ann%40/);
  });

  test('that were erased stop their step for good; nothing is sent', async () => {
    const world = await startWorld();
    const one = await world.add();
    const id = await approved(one, 'private', { params });
    await one.keys.destroy(id);
    const { approval } = taken(await one.dispatcher.dispatch(id, admin));
    expect(approval.dispatch?.failure).toMatchObject({
      outcomeUnknown: false,
      error:
        '/text holds a personal value that was erased; /customer/mail holds a personal value that was erased',
    });
    expect(world.outside.requests).toEqual([]);
  });

  test('that were erased under a call whose answer was lost leave it to a person', async () => {
    const world = await startWorld();
    const one = await world.add();
    const id = await approved(one, 'private', { params });
    world.outside.on('first', 'does it, and its answer is lost');
    world.outside.onQuestion({ busyMs: 3_600_000 });
    taken(await one.dispatcher.dispatch(id, admin));
    await one.keys.destroy(id);
    world.advance(3_600_000);
    const two = await world.add({ start: true });
    while (!(await typesOf(two, id)).includes('DispatchFailed'))
      await new Promise((next) => setTimeout(next, 5));
    const last = (await happened(two, id)).at(-1);
    expect(last?.data).toMatchObject({ outcomeUnknown: true });
    expect(world.outside.questions.length).toBe(1);
  });
});

describe('a mask', () => {
  const sealed = { $hmac: 'hmac-sha256:00', $sealed: 'AAAA' };

  test('leaves everything as it is where nothing is sealed', () => {
    const input = { a: 'b', c: [1, null, { d: true }] };
    expect(maskFor(input, structuredClone(input))({ a: 'b' })).toEqual({ a: 'b' });
  });

  test('knows values within sealed ones, and those of longer texts', () => {
    const mask = maskFor(
      { a: sealed, b: 'dear {{payload.x}} of {{ payload.y.z }}', c: ['open', '{{payload.w}}'] },
      { a: { deep: ['Rosa Park'] }, b: 'dear Mr. Mole of Burrow 5', c: ['open', { nr: 12345 }] },
    );
    expect(mask('Rosa Park and Mr. Mole, Burrow 5, open')).toBe(
      '[personal] and [personal], [personal], open',
    );
    expect(mask({ nr: 12345, other: 5, list: ['Rosa%20Park'] })).toEqual({
      nr: '[personal]',
      other: 5,
      list: ['[personal]'],
    });
  });

  test('takes short values out only where they stand alone', () => {
    const mask = maskFor({ a: sealed }, { a: 'no' });
    expect(mask(['no', 'nothing'])).toEqual(['[personal]', 'nothing']);
  });

  test('never lets a personal text through, wherever it stands', () => {
    const text = fc.string({ minLength: 4, maxLength: 12 });
    fc.assert(
      fc.property(text, text, fc.string(), fc.string(), (one, two, before, after) => {
        fc.pre(!'[personal]'.includes(one) && !'[personal]'.includes(two));
        const input: JsonObject = { one: sealed, two: `to {{payload.two}}.` };
        const mask = maskFor(input, { one, two: `to ${two}.` });
        for (const personal of [one, two]) {
          const { masked } = mask({ masked: `${before}${personal}${after}` });
          expect(masked).toContain('[personal]');
          expect(mask({ [personal]: [personal] })).toEqual({ '[personal]': ['[personal]'] });
        }
      }),
    );
  });
});
