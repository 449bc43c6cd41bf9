import { ViewUnavailable } from '@countersign/projections';
import { describe, expect, test } from '@jest/globals';
import { rendering } from '../../src/render/index.ts';
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
} from './world.ts';

describe('a request in Slack', () => {
  test('is one message, as soon as it is made', async () => {
    const world = await startWorld();
    const id = await ask(world, 'deploy', { name: 'shop' });
    await untilTold(world, id);
    const messages = world.slack.messages('#ops');
    expect(messages).toMatchObject([
      { text: 'shop 0 votes at 0', metadata: { event_type: 'countersign_item' } },
    ]);
    expect(keysIn(messages, id)).toEqual(['message']);
    expect(world.posted).toEqual([{ requestId: id, seconds: expect.any(Number) }]);
    expect(world.posted[0]?.seconds).toBeLessThan(5);
    expect(await slackEvents(world)).toEqual({
      SlackDeliveryClaimed: 1,
      SlackItemSent: 1,
      SlackDelivered: 1,
    });
    expect(world.outbox.health()).toEqual({ status: 'ok' });
  });

  test('is updated in place, with each step told in the thread, in order', async () => {
    const world = await startWorld();
    const id = await ask(world, 'deploy', { name: 'shop' });
    await untilTold(world, id);
    await decide(world, id, 'bob');
    await untilTold(world, id);
    await decide(world, id, 'carol');
    await untilTold(world, id);
    const [message, ...replies] = world.slack.messages('#ops');
    expect(message).toMatchObject({ text: 'shop approved at 4' });
    expect(message?.editedTs).toBeDefined();
    expect(replies.map(({ text, threadTs }) => [text, threadTs])).toEqual([
      ['1 ApprovalGranted', message?.ts],
      ['2 ApprovalGranted\n4 RequestApproved', message?.ts],
    ]);
    expect(keysIn(replies, id)).toEqual(['reply@1', 'reply@4']);
    // The requester is a machine: nobody is told directly.
    expect(world.slack.calls('conversations.open')).toEqual([]);
  });

  test('several votes in one window are one update and one reply', async () => {
    const world = await startWorld({ frozen: true, limits: { coalesceMs: 250 } });
    const id = await ask(world, 'wide');
    await untilTold(world, id);
    for (const who of ['bob', 'carol', 'dan']) {
      await decide(world, id, who);
      world.advance(50);
    }
    expect(world.slack.calls('chat.update')).toEqual([]);
    world.advance(100);
    await untilTold(world, id);
    expect(world.slack.messages('#ops').map(({ text }) => text)).toEqual([
      '3 votes at 3',
      '1 ApprovalGranted\n2 ApprovalGranted\n3 ApprovalGranted',
    ]);
    expect(world.slack.calls('chat.update')).toHaveLength(1);
    expect(world.slack.calls('chat.postMessage')).toHaveLength(2);
  });

  test('that ended before anybody was told is posted once, as it ended', async () => {
    const world = await startWorld({ start: false });
    const id = await ask(world, 'deploy');
    await decide(world, id, 'bob');
    await decide(world, id, 'carol');
    world.outbox.start();
    await untilTold(world, id);
    expect(world.slack.messages('#ops').map(({ text }) => text)).toEqual([
      'approved at 4',
      '1 ApprovalGranted\n2 ApprovalGranted\n4 RequestApproved',
    ]);
    expect(world.slack.calls('chat.update')).toEqual([]);
  });

  test('that nobody is asked for is not told', async () => {
    const world = await startWorld();
    const id = await ask(world, 'quiet');
    const other = await ask(world, 'deploy');
    await untilTold(world, other);
    expect(keysIn(world.slack.messages('#ops'), id)).toEqual([]);
  });

  test('escalates to other channels, and its expiry is told to whoever asked', async () => {
    const world = await startWorld({ frozen: true });
    const heidi = person('heidi');
    const id = await ask(world, 'deploy', {}, { principal: heidi, onBehalfOf: 'ivan' });
    await untilTold(world, id);
    for (const [seconds, rung] of [
      [3000, 0],
      [300, 1],
    ] as const) {
      world.advance(seconds * 1000);
      made(await world.ledger.tick({ type: 'EscalateRequest', requestId: id, rung }));
      await untilTold(world, id);
    }
    world.advance(300_000);
    made(await world.ledger.tick({ type: 'ExpireRequest', requestId: id }));
    await untilTold(world, id);
    const link = expect.stringMatching(/^rung 0 https?:.*archives/);
    expect(world.slack.messages('#sre').map(({ text }) => text)).toEqual([link]);
    expect(keysIn(world.slack.messages('#sre'), id)).toEqual(['notice@1/#sre']);
    expect(keysIn(world.slack.messages('#boss'), id)).toEqual(['notice@2/#boss']);
    expect(keysIn(world.slack.messages('#ops'), id)).toEqual(['message', 'reply@1', 'reply@2', 'reply@3']);
    for (const name of ['heidi', 'ivan']) {
      const direct = world.slack.messages(`@${name}`);
      expect(direct.map(({ text }) => text)).toEqual([
        expect.stringMatching(/^you: expired https?:.*archives/),
      ]);
      expect(keysIn(direct, id)).toEqual([`direct@3/${name}`]);
    }
  });

  test('a broken glass is told to everybody on the slate who is in this workspace', async () => {
    const world = await startWorld();
    const id = await ask(world, 'deploy', {}, { principal: person('heidi') });
    const context = { principal: person('alice'), via: 'api', correlationId: 'test' } as const;
    const forced = { requestId: id, status: 'approved', reason: 'the house is on fire' } as const;
    made(await world.ledger.execute({ type: 'InvokeBreakGlass', ...forced }, context));
    await untilTold(world, id);
    for (const name of ['alice', 'bob', 'carol']) {
      const direct = world.slack
        .messages(`@${name}`)
        .filter(({ text }) => text.startsWith('glass: the house'));
      expect(direct).toHaveLength(1);
    }
    expect(world.slack.messages('@heidi')).toMatchObject([{ text: expect.stringMatching(/^you: approved/) }]);
    expect(world.slack.calls('conversations.open').map(({ args }) => args.users)).not.toContain('U0ERIN');
    expect(world.givenUp).toEqual([]);
  });

  test('somebody gone from Slack keeps nobody else from being told', async () => {
    const world = await startWorld();
    const id = await ask(world, 'deploy', {}, { principal: person('gone'), onBehalfOf: 'heidi' });
    await decide(world, id, 'bob', 'denied');
    await untilTold(world, id);
    expect(world.slack.messages('@heidi')).toHaveLength(1);
    expect(world.givenUp).toEqual([{ requestId: id, key: 'direct@2/gone', error: 'user_disabled' }]);
    expect((await world.deliveries.load(id)).givenUp).toEqual(['direct@2/gone']);
    expect(world.outbox.health()).toEqual({ status: 'ok' });
  });

  test('a message that somebody deleted is not posted again, nor told beneath', async () => {
    const world = await startWorld();
    const id = await ask(world, 'deploy', {}, { principal: person('heidi') });
    await untilTold(world, id);
    world.slack.deleteMessage('#ops', world.slack.messages('#ops')[0]?.ts ?? '');
    await decide(world, id, 'bob', 'denied');
    await untilTold(world, id);
    expect(world.slack.messages('#ops')).toEqual([]);
    expect(world.givenUp).toEqual([{ requestId: id, key: 'reply@2', error: 'message_not_found' }]);
    expect(world.slack.messages('@heidi')).toHaveLength(1);
  });

  test('of more events than fit one reply there are further replies', async () => {
    const world = await startWorld({ start: false, policy: chatty });
    const id = await ask(world, 'talk');
    const context = { principal: person('bob'), via: 'api', correlationId: 'test' } as const;
    for (let n = 0; n < 24; n++) {
      made(
        await world.ledger.execute({ type: 'AcknowledgePersona', requestId: id, persona: 'host' }, context),
      );
      made(
        await world.ledger.execute(
          { type: 'WithdrawAcknowledgement', requestId: id, persona: 'host' },
          context,
        ),
      );
    }
    world.outbox.start();
    await untilTold(world, id);
    const [message, ...replies] = world.slack.messages('#ops');
    expect(message?.text).toBe('0 votes at 48');
    expect(replies.map(({ text }) => text.split('\n').length)).toEqual([20, 20, 8]);
    const lines = replies.flatMap(({ text }) => text.split('\n')).map((line) => Number(line.split(' ')[0]));
    expect(lines).toEqual(Array.from({ length: 48 }, (_, n) => n + 1));
  });

  test('drawn as people see it, is taken by Slack from its beginning to its end', async () => {
    const world = await startWorld({ rendering });
    const id = await ask(
      world,
      'deploy',
      { service: 'shop <!channel> & co' },
      { principal: person('heidi') },
    );
    await untilTold(world, id);
    for (const who of ['bob', 'carol']) {
      await decide(world, id, who);
      await untilTold(world, id);
    }
    const [message, ...replies] = world.slack.messages('#ops');
    expect(keysIn(replies, id)).toEqual(['reply@1', 'reply@4']);
    expect(JSON.stringify(message?.blocks)).not.toContain('"type":"button"');
    expect(replies[1]?.text).toContain('<@U0CAROL>');
    expect(world.slack.messages('@heidi')).toHaveLength(1);
    expect(world.givenUp).toEqual([]);
    expect(world.failed).toEqual([]);
  });

  test('is told as soon as the view can be read', async () => {
    let isBuilding = true;
    let reads = 0;
    const world = await startWorld({
      wrapViews: (slack) => ({
        ...slack,
        channels(limit) {
          if (isBuilding) throw new ViewUnavailable('slack', 'it is still being built for the first time');
          return slack.channels(limit);
        },
        untold(channel, limit) {
          if (reads++ < 3) throw new ViewUnavailable('slack', 'its file is being replaced');
          return slack.untold(channel, limit);
        },
      }),
    });
    const id = await ask(world, 'deploy');
    await world.projections.waitFor('slack', (await world.store.head()) as string, 5000);
    expect(await areTold(world, id)).toBe(false);
    isBuilding = false;
    world.outbox.wake();
    await untilTold(world, id);
    expect(reads).toBeGreaterThan(3);
    expect(world.failed).toEqual([]);
  });

  test('stopping finishes what is under way and begins nothing more', async () => {
    const world = await startWorld({ limits: { callTimeoutMs: 2000, leaseMs: 10_000 }, start: false });
    world.slack.faults.slow({ match: { method: 'chat.postMessage' }, milliseconds: 100 });
    const ids = [await ask(world, 'deploy'), await ask(world, 'deploy')];
    world.outbox.start();
    await until(
      'the first call is under way',
      async () => (await slackEvents(world)).SlackDeliveryClaimed === 1,
    );
    await world.outbox.stop();
    expect(await slackEvents(world)).toEqual({
      SlackDeliveryClaimed: 1,
      SlackItemSent: 1,
      SlackDelivered: 1,
    });
    expect(world.slack.messages('#ops')).toHaveLength(1);
    expect((await world.deliveries.load(ids[1] ?? '')).claim).toBeNull();
  });

  test('stopping ends a search for what may have been sent, however much there is to search', async () => {
    let pages = 0;
    const world = await startWorld({
      limits: { callTimeoutMs: 150 },
      wrapWeb: (real) => ({
        ...real,
        async page() {
          pages += 1;
          await new Promise((resolve) => setTimeout(resolve, 20));
          return { ok: true, messages: [], cursor: 'more' };
        },
      }),
    });
    world.slack.faults.loseAnswer({ match: { method: 'chat.postMessage' }, times: 1 });
    await ask(world, 'deploy');
    await until('it is searched for', () => pages > 0);
    await world.outbox.stop();
    expect(pages).toBeLessThan(100);
  });

  test('stopping ends a search for a channel as well', async () => {
    let searches = 0;
    const world = await startWorld({
      limits: { callTimeoutMs: 150 },
      wrapWeb: (real, closing) => ({
        ...real,
        findChannel: (_channel, signal) =>
          new Promise((resolve) => {
            searches += 1;
            const end = () => resolve({ ok: false, error: { kind: 'not_sent' } });
            for (const one of [signal, closing]) one?.addEventListener('abort', end);
          }),
      }),
    });
    world.slack.faults.loseAnswer({ match: { method: 'chat.postMessage' }, times: 1 });
    await ask(world, 'deploy');
    await until('it is searched for', () => searches > 0);
    await world.outbox.stop();
  });
});

const chatty = `
version: 1
groups: { sre: [bob] }
personas: { host: { group: sre } }
defaults: { slack: { channel: "#ops" } }
actions: { talk: { approvers: { groups: [sre] }, personas: [host] } }
`;
