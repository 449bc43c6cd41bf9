import type { StepState } from '@countersign/domain';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Boundary } from './child.ts';
import { startChild } from './children.ts';
import { approved, happened, loaded, reached, startWorld, until, type World } from './world.ts';

const HOUR_MS = 3_600_000;
const STEPS = ['first', 'second', 'third'];
/** What a dispatch of three steps appends, one after the other. */
const APPENDS = [
  'the claim',
  ...['the start of step 0', 'the end of step 0'],
  ...['the start of step 1', 'the end of step 1'],
  ...['the start of step 2', 'the end of step 2, and of all'],
];
const BOUNDARIES = APPENDS.flatMap((what, index) => [
  { when: 'before', what, append: index + 1 } as const,
  { when: 'after', what, append: index + 1 } as const,
]);

function within(step: string): string {
  return `within the call of the ${step} step`;
}

/** Each step was done once, under its own key, and what came of it is on the record. */
async function expectOnce(world: World, instance: Parameters<typeof loaded>[0], requestId: string) {
  const { dispatch, params } = await loaded(instance, requestId);
  expect(dispatch?.phase).toBe('done');
  const urls = dispatch?.steps.map(({ result }) => result?.url);
  const done = world.outside.effects.filter(({ text }) => text === params.text);
  expect(done.map(({ name }) => name)).toEqual(STEPS);
  expect(urls).toEqual(done.map(({ key }) => `${world.outside.url}/things/${key}`));
}

describe('an instance killed by SIGKILL', () => {
  let world: World;
  let survivor: Awaited<ReturnType<World['add']>>;
  /** By their boundaries, or by the step within whose call it died. */
  const requests = new Map<string, string>();

  beforeAll(async () => {
    world = await startWorld({ kept: true });
    const { dir, outside } = world;
    const asker = await world.add({ name: 'asker' });
    const ask = async (text: string) => {
      const requestId = await approved(asker, 'auto', { params: { text } });
      requests.set(text, requestId);
      return requestId;
    };
    const stand: Record<string, Boundary> = {};
    for (const { when, what, append } of BOUNDARIES) stand[await ask(`${when} ${what}`)] = { when, append };
    for (const name of STEPS) {
      await ask(within(name));
      outside.on(`${within(name)}: ${name}`, 'does it, and never answers');
    }
    const child = startChild({ dir, outside: outside.url, name: 'doomed', aheadMs: 0, stand });
    await until(() => child.stands.length === BOUNDARIES.length && outside.unanswered === STEPS.length);
    child.kill();
    expect(await child.ended).toBe('SIGKILL');
    world.advance(HOUR_MS);
    survivor = await world.add({ name: 'survivor', start: true });
    for (const requestId of requests.values()) await reached(survivor, requestId, 'Dispatched');
  }, 60_000);
  afterAll(() => world.close());

  test.each([...BOUNDARIES.map(({ when, what }) => `${when} ${what}`), ...STEPS.map(within)])(
    '%s is followed by another, and nothing is done twice',
    async (where) => {
      await expectOnce(world, survivor, requests.get(where) ?? '');
    },
  );

  test('asks for what was begun and not recorded, within the times between which it was sent', async () => {
    const text = within('first');
    const requestId = requests.get(text) ?? '';
    const events = await happened(survivor, requestId);
    const started = events.find(({ type }) => type === 'StepStarted')?.data as { at: string; until: string };
    const key = world.outside.effects.find((effect) => effect.text === text)?.key;
    const questions = world.outside.questions.filter((question) => question.key === key);
    expect(questions).toEqual([{ key, from: started.at, until: started.until }]);
  });

  test('sends again what certainly never arrived, and counts it as a try', async () => {
    const { dispatch } = await loaded(survivor, requests.get('after the start of step 1') ?? '');
    expect(dispatch?.steps.map(({ tries }: StepState) => tries)).toEqual([1, 2, 1]);
  });
});

test('one instance after the other may die: each goes on where the last one was', async () => {
  const world = await startWorld();
  const requestId = await approved(await world.add({ name: 'asker' }), 'auto');
  for (const nth of [1, 2, 3]) {
    const die = { when: 'before', append: 3 } as const;
    const place = { dir: world.dir, outside: world.outside.url };
    const child = startChild({ ...place, name: `doomed ${nth}`, aheadMs: nth * HOUR_MS, die });
    expect(await child.ended).toBe('SIGKILL');
  }
  world.advance(4 * HOUR_MS);
  const survivor = await world.add({ name: 'survivor', start: true });
  await reached(survivor, requestId, 'Dispatched');
  await expectOnce(world, survivor, requestId);
  const types = (await happened(survivor, requestId)).map(({ type }) => type);
  expect(types).toEqual([
    ...['DispatchStarted', 'StepStarted'],
    ...['DispatchResumed', 'StepSucceeded'],
    ...['DispatchResumed', 'StepStarted'],
    ...['DispatchResumed', 'StepSucceeded', 'StepStarted', 'StepSucceeded', 'Dispatched'],
  ]);
});
