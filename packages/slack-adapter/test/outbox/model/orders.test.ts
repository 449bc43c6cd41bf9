import { expect, test } from '@jest/globals';
import { ask, decide } from '../world.ts';
import { type Dice, LIMITS, type Model, startModel } from './model.ts';

const FOREVER = Number.POSITIVE_INFINITY;

async function until(model: Model, what: string, holds: () => boolean): Promise<void> {
  for (let passed = 0; !holds(); passed += 10) {
    if (passed > 600_000) throw new Error(`waited in vain until ${what}`);
    await model.pass(10, 10);
  }
}

const WELL: Dice = { fate: () => ({ effectAt: 10, answerAt: 20 }), append: () => 'well' };

test('a drawing that Slack carries out after the call was given up does not stay over a newer one', async () => {
  let updates = 0;
  const model = await startModel(LIMITS, {
    ...WELL,
    fate: (method) =>
      method === 'update' && updates++ === 0
        ? { effectAt: 1.5 * LIMITS.callTimeoutMs, answerAt: FOREVER }
        : WELL.fate(method),
  });
  try {
    model.add(0);
    const id = await ask(model, 'wide');
    await until(model, 'it was posted', () => model.slack.messages.length === 1);
    await decide(model, id, 'bob');
    await until(model, 'it was drawn anew', () => updates === 1);
    await decide(model, id, 'carol');
    await model.pass(60_000);
    expect(model.slack.messages[0]?.text).toBe('2 votes at 2');
  } finally {
    await model.close();
  }
});
