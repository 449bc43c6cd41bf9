import { expect, test } from '@jest/globals';
import { ask } from '../world.ts';
import { type Dice, LIMITS, startModel } from './model.ts';

const WELL: Dice = { fate: () => ({ effectAt: 100, answerAt: 200 }), append: () => 'well' };

test('channels with much to tell, at their pace, keep no other channel waiting', async () => {
  const model = await startModel({ ...LIMITS, maxLanes: 2 }, WELL);
  try {
    for (let nth = 0; nth < 60; nth++) for (const channel of ['c0', 'c1']) await ask(model, channel);
    model.add(0);
    await model.pass(10_000, 100);
    expect(model.slack.messages.length).toBeGreaterThan(20);
    const asked = model.now();
    const id = await ask(model, 'c2');
    const isTold = () => model.slack.messages.some(({ mark }) => mark.requestId === id);
    while (!isTold() && model.now() < asked + 60_000) await model.pass(100, 100);
    expect(model.now() - asked).toBeLessThan(2000);
    // And these lose nothing of their pace.
    await model.pass(47_000, 100);
    expect(model.slack.messages.length).toBe(121);
  } finally {
    await model.close();
  }
});
