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

test('what an instance with a fast clock has recorded is drawn no later by one with a slow clock', async () => {
  const model = await startModel(LIMITS, WELL);
  try {
    model.add(-5000);
    const id = await ask(model, 'wide');
    await until(model, 'it was posted', () => model.slack.messages.length === 1);
    await decide(model, id, 'bob');
    await model.pass(2 * LIMITS.coalesceMs + 500, 10);
    expect(model.slack.messages[0]?.text).toBe('1 votes at 1');
  } finally {
    await model.close();
  }
});

test('an instance that wakes up long after its claim posts nothing that another one has posted since', async () => {
  let onAppend = () => {};
  const model = await startModel(LIMITS, {
    fate: () => ({ effectAt: 10, answerAt: 20 }),
    append() {
      onAppend();
      return 'well';
    },
  });
  try {
    const one = model.add(0);
    onAppend = () => Object.assign(one, { sleepsUntil: FOREVER });
    const id = await ask(model, 'deploy');
    await until(model, 'it was claimed', () => one.sleepsUntil === FOREVER);
    onAppend = () => {};
    const two = model.add(0);
    await until(model, 'the other has posted', () => model.slack.messages.length === 1);
    two.sleepsUntil = FOREVER;
    await model.pass(LIMITS.leaseMs + 1000);
    one.sleepsUntil = 0;
    await until(model, 'it is told', () => one.view.depth() === 0);
    expect(model.slack.messages.map(({ mark }) => mark)).toEqual([{ requestId: id, key: 'message' }]);
  } finally {
    await model.close();
  }
});
