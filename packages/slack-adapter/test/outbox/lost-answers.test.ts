import { LedgerUnavailable } from '@countersign/application';
import { startSimulator } from '@countersign/slack-simulator';
import { describe, expect, test } from '@jest/globals';
import type { CallError } from '../../src/web/types.ts';
import { USERS } from './policy.ts';
import { plainly } from './rendering.ts';
import {
  areTold,
  ask,
  decide,
  keysIn,
  made,
  person,
  slackEvents,
  startWorld,
  until,
  untilTold,
  type World,
} from './world.ts';

const POST = { method: 'chat.postMessage' };
const ONCE = ['message', 'reply@2'];

/** A request from its beginning to its end, with a message, a reply and a direct message. */
async function denied(world: Awaited<ReturnType<typeof startWorld>>): Promise<string> {
  const id = await ask(world, 'deploy', {}, { principal: person('heidi') });
  await untilTold(world, id);
  await decide(world, id, 'bob', 'denied');
  await untilTold(world, id);
  return id;
}

function expectOnce({ slack }: World, id: string): void {
  expect(keysIn(slack.messages('#ops'), id)).toEqual(ONCE);
  expect(keysIn(slack.messages('@heidi'), id)).toEqual(['direct@2/heidi']);
}

describe('an answer that was lost', () => {
  test.each([
    [1, 'of the message'],
    [2, 'of the reply'],
    [3, 'of the direct message'],
  ])('is looked for in Slack: call %d, %s', async (nth) => {
    const world = await startWorld({ limits: { callTimeoutMs: 150 }, start: false });
    const { slack } = world;
    const arm = () => slack.faults.loseAnswer({ match: POST, times: 1 });
    if (nth === 1) arm();
    world.outbox.start();
    const id = await ask(world, 'deploy', {}, { principal: person('heidi') });
    await untilTold(world, id);
    if (nth === 2) arm();
    if (nth === 3) slack.faults.loseAnswer({ match: { ...POST, channel: '@heidi' }, times: 1 });
    await decide(world, id, 'bob', 'denied');
    await untilTold(world, id);
    expectOnce(world, id);
    expect(slack.calls('chat.postMessage')).toHaveLength(3);
    expect(slack.calls('chat.postMessage').filter(({ result }) => result === 'lost')).toHaveLength(1);
    const found = (await world.store.readStream(`slack-${id}`)).filter(({ data }) =>
      data.includes('"found":true'),
    );
    expect(found).toHaveLength(1);
  });

  test('of a channel written by its id is looked for there', async () => {
    const first = await startWorld();
    const before = await ask(first, 'deploy');
    await untilTold(first, before);
    const channel = first.slack.messages('#ops')[0]?.channel ?? '';
    const policy = `
version: 1
actions: { deploy: { approvers: { users: [bob] }, slack: { channel: ${channel} } } }
`;
    const world = await startWorld({
      policy,
      limits: { callTimeoutMs: 150 },
      simulator: { channels: ['ops'] },
    });
    world.slack.faults.loseAnswer({ match: POST, times: 1 });
    const id = await ask(world, 'deploy');
    await untilTold(world, id);
    expect(keysIn(world.slack.messages('#ops'), id)).toEqual(['message']);
    expect(world.slack.calls('conversations.list')).toEqual([]);
  });

  test('that comes too late, and the message with it', async () => {
    const world = await startWorld({ limits: { callTimeoutMs: 200 } });
    world.slack.faults.slow({ match: POST, milliseconds: 300, times: 1 });
    const id = await denied(world);
    expectOnce(world, id);
  });

  test('again and again', async () => {
    const world = await startWorld({ limits: { callTimeoutMs: 100, leaseMs: 1000 } });
    world.slack.faults.loseAnswer({ match: { method: 'chat.update' }, times: 2 });
    world.slack.faults.loseAnswer({ match: POST, times: 3 });
    world.slack.faults.outage({ match: { method: 'conversations.history' }, as: 503, times: 2 });
    world.slack.faults.outage({ match: { method: 'conversations.replies' }, as: 'reset', times: 2 });
    world.slack.faults.loseAnswer({ match: { method: 'conversations.open' }, times: 2 });
    world.slack.faults.outage({ match: { method: 'chat.getPermalink' }, as: 500, times: 2 });
    const id = await denied(world);
    expectOnce(world, id);
  });

  test('and that cannot be looked for keeps the channel waiting, and nothing is posted twice', async () => {
    const world = await startWorld({ limits: { callTimeoutMs: 100 } });
    world.slack.faults.loseAnswer({ match: POST, times: 1 });
    world.slack.faults.refuse({ match: { method: 'conversations.history' }, error: 'missing_scope' });
    const id = await ask(world, 'deploy');
    await until('that is told', () => world.outbox.health().status === 'degraded');
    await until('it was tried', () => world.slack.calls('conversations.history').length > 5);
    expect(world.outbox.health().detail).toBe('#ops: missing_scope');
    expect(await areTold(world, id)).toBe(false);
    world.slack.faults.clear();
    await untilTold(world, id);
    expect(keysIn(world.slack.messages('#ops'), id)).toEqual(['message']);
    expect(world.slack.calls('chat.postMessage')).toHaveLength(1);
    expect(world.outbox.health()).toEqual({ status: 'ok' });
  });
});

describe('a call that failed and certainly was not carried out', () => {
  test.each(['request_timeout', 'team_added_to_org'])('(%s) is just made again', async (error) => {
    const world = await startWorld();
    world.slack.faults.refuse({ match: POST, error, times: 3 });
    const id = await denied(world);
    expectOnce(world, id);
    expect(world.slack.calls('conversations.history')).toEqual([]);
    // The lease lasted: trying again cost no claim.
    expect((await slackEvents(world)).SlackDeliveryClaimed).toBe(2);
  });
});

test('nobody listens where Slack should be: it is all told once somebody does', async () => {
  const botTokens = ['xoxb-kept'];
  const world = await startWorld({ simulator: { botTokens }, start: false });
  const { port } = new URL(world.slack.url);
  await world.slack.stop();
  world.outbox.start();
  const id = await ask(world, 'deploy');
  await until('it was tried', () => world.outbox.health().status === 'degraded');
  expect(await slackEvents(world)).toEqual({});
  const slack = await startSimulator({ users: USERS, botTokens, port: Number(port) });
  try {
    await untilTold(world, id);
    expect(keysIn(slack.messages('#ops'), id)).toEqual(['message']);
    expect(world.failed).toEqual([{ what: 'reaching Slack', error: new Error('Slack does not answer') }]);
  } finally {
    await slack.stop();
  }
});

test('a ledger that does not take the record of what was posted: Slack is asked', async () => {
  let failures = 3;
  const world = await startWorld({
    limits: { callTimeoutMs: 100 },
    wrapDeliveries: (real) => ({
      ...real,
      async record(requestId, by, event) {
        if (event.type === 'SlackItemSent' && failures-- > 0)
          throw new LedgerUnavailable('the disk is full', false);
        return real.record(requestId, by, event);
      },
    }),
  });
  const id = await denied(world);
  expectOnce(world, id);
  expect(world.failed).toHaveLength(3);
  expect(world.failed[0]?.what).toBe(`telling Slack of ${id}`);
});

test('a request that cannot be drawn keeps nobody else waiting', async () => {
  let isBroken = true;
  const world = await startWorld({
    rendering: {
      ...plainly,
      message(picture) {
        if (isBroken && picture.approval.params.name === 'odd') throw new Error('cannot be drawn');
        return plainly.message(picture);
      },
    },
  });
  const odd = await ask(world, 'deploy', { name: 'odd' });
  const even = await ask(world, 'deploy', { name: 'even' });
  await untilTold(world, even);
  expect(world.failed[0]).toEqual({ what: `telling Slack of ${odd}`, error: new Error('cannot be drawn') });
  isBroken = false;
  await untilTold(world, odd);
  expect(keysIn(world.slack.messages('#ops'), odd)).toEqual(['message']);
});

test.each<[string, CallError]>([
  ['never answers for', { kind: 'unknown' }],
  ['refuses for a reason that nobody knows', { kind: 'refused', code: 'block_mismatch' }],
])('requests that Slack %s let others go first, and are told in the end', async (_what, error) => {
  const broken = new Set<string>();
  const world = await startWorld({
    limits: { callTimeoutMs: 100 },
    wrapWeb: (real) => ({
      ...real,
      postMessage: async (post) =>
        broken.has(post.mark.requestId) ? { ok: false, error } : real.postMessage(post),
    }),
    start: false,
  });
  const slow = [await ask(world, 'deploy'), await ask(world, 'deploy')];
  for (const id of slow) broken.add(id);
  const other = await ask(world, 'deploy');
  world.outbox.start();
  await untilTold(world, other);
  for (const id of slow) expect(await areTold(world, id)).toBe(false);
  broken.clear();
  await untilTold(world, ...slow);
  expect(keysIn(world.slack.messages('#ops'))).toEqual(['message', 'message', 'message']);
});

test('what Slack will never take is given up, and told to whoever looks after it', async () => {
  const world = await startWorld();
  world.slack.faults.refuse({ match: POST, error: 'invalid_blocks', times: 1 });
  const id = await ask(world, 'deploy', {}, { principal: person('heidi') });
  await untilTold(world, id);
  await decide(world, id, 'bob', 'denied');
  await untilTold(world, id);
  expect(world.slack.messages('#ops')).toEqual([]);
  expect(world.slack.messages('@heidi')).toMatchObject([{ text: 'you: denied nowhere' }]);
  expect(world.givenUp).toEqual([{ requestId: id, key: 'message', error: 'invalid_blocks' }]);
  expect(world.outbox.health()).toEqual({ status: 'ok' });
});

test('an update that Slack will never take is noted, and everything else is told', async () => {
  const world = await startWorld();
  const id = await ask(world, 'deploy');
  await untilTold(world, id);
  world.slack.faults.refuse({ match: { method: 'chat.update' }, error: 'msg_too_long', times: 1 });
  await decide(world, id, 'bob');
  await untilTold(world, id);
  expect(keysIn(world.slack.messages('#ops'), id)).toEqual(['message', 'reply@1']);
  expect(world.failed).toEqual([
    { what: `drawing the message of ${id} anew`, error: new Error('msg_too_long') },
  ]);
});

test('account_inactive of a person is no reason to think that the token is gone', async () => {
  const world = await startWorld();
  world.slack.faults.refuse({ match: { method: 'conversations.open' }, error: 'account_inactive', times: 1 });
  const id = await ask(world, 'deploy', {}, { principal: person('heidi') });
  made(await world.ledger.execute({ type: 'CancelRequest', requestId: id }, as('heidi')));
  await untilTold(world, id);
  expect(world.givenUp).toEqual([{ requestId: id, key: 'direct@1/heidi', error: 'account_inactive' }]);
});

function as(name: string) {
  return { principal: person(name), via: 'api', correlationId: 'test' } as const;
}
