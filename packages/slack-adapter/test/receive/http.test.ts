import { createReplayGuard } from '@countersign/application';
import { describe, expect, test } from '@jest/globals';
import { formOf, send, sendSigned } from './sent.ts';
import { closeWorlds, openWorld, until, type World } from './world.ts';

closeWorlds();

/** The example that Slack's documentation works through. */
const PUBLISHED = {
  secret: '8f742231b10e8888abcd99yyyzzz85a5',
  atSec: 1531420618,
  body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
};

const nowSec = (world: World) => Math.floor(world.now() / 1000);
const secretOf = (world: World) => world.simulator.signingSecret;
const withSecrets = (world: World, signingSecrets: string[]) => ({
  credentials: { ...world.deps.credentials, signingSecrets },
});

/** A click that nothing listens to, with something that makes it differ from others. */
const strayClick = (more: object = {}) => ({
  type: 'block_actions',
  team: { id: 'T0SIM' },
  user: { id: 'U0BOB', team_id: 'T0SIM' },
  trigger_id: 't',
  actions: [{ type: 'button', action_id: 'unheard_of', block_id: 'b', action_ts: '1.0' }],
  ...more,
});

describe('a signed call', () => {
  test('as Slack has published it is taken', async () => {
    const world = await openWorld();
    const clock = () => PUBLISHED.atSec * 1000;
    const { url } = await world.instance({ ...withSecrets(world, [PUBLISHED.secret]), clock });
    const headers = { 'x-slack-signature': PUBLISHED.signature };
    expect((await sendSigned(url, { ...PUBLISHED, headers })).status).toBe(200);
    const forged = PUBLISHED.body.replace('U2CERLKJA', 'U2CERLKJB');
    expect((await sendSigned(url, { ...PUBLISHED, headers, body: forged })).status).toBe(401);
  });

  test.each([-301, 301, 31_536_000])(
    'whose time is %i s from now is refused, and happens not',
    async (skew) => {
      const world = await openWorld();
      const drawn = await world.ask('solo');
      world.simulator.deliverTo('http://127.0.0.1:1/nowhere');
      const { request } = await world.click('U0BOB', drawn, 'approve');
      const sent = { body: request.body, secret: secretOf(world), atSec: nowSec(world) + skew };
      expect((await sendSigned(world.url, sent)).status).toBe(401);
      expect(world.refused).toEqual(['stale_signature']);
      expect((await sendSigned(world.url, { ...sent, atSec: nowSec(world) + 299 })).status).toBe(200);
      await until(async () => (await world.happened(drawn)).includes('RequestApproved'), 'approved');
    },
  );

  test('is taken under each of two secrets while one is replaced, and under neither afterwards', async () => {
    const world = await openWorld();
    const { url } = await world.instance(withSecrets(world, ['the-new-secret', 'the-old-secret']));
    const body = formOf(strayClick());
    const signedWith = (secret: string) => sendSigned(url, { body, secret, atSec: nowSec(world) });
    expect((await signedWith('the-new-secret')).status).toBe(200);
    expect((await signedWith('the-old-secret')).status).toBe(200);
    expect((await signedWith(secretOf(world))).status).toBe(401);
    expect(world.refused).toEqual(['bad_signature']);
  });

  test.each<[string, Record<string, string | undefined>]>([
    ['no signature', { 'x-slack-signature': undefined }],
    ['no time', { 'x-slack-request-timestamp': undefined }],
    ['another time', { 'x-slack-request-timestamp': '1531420618' }],
    ['a malformed signature', { 'x-slack-signature': 'v0=00' }],
    ['a malformed time', { 'x-slack-request-timestamp': 'now' }],
    ['neither', { 'x-slack-signature': undefined, 'x-slack-request-timestamp': undefined }],
  ])('with %s is refused', async (_what, headers) => {
    const world = await openWorld();
    const sent = { body: formOf(strayClick()), secret: secretOf(world), atSec: nowSec(world), headers };
    expect(await sendSigned(world.url, sent)).toEqual({ status: 401, body: '' });
    expect(world.refused).toEqual(['bad_signature']);
  });

  test('spelt otherwise is refused: it would be a second one', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy');
    const { request } = await world.click('U0BOB', drawn, 'approve');
    const signature = request.headers['x-slack-signature']?.toUpperCase().replace('V0', 'v0');
    const headers = { ...request.headers, 'x-slack-signature': signature };
    expect((await send(world.url, Buffer.from(request.body), 'POST', headers)).status).toBe(401);
    expect(world.refused).toEqual(['bad_signature']);
  });

  test('that says with what charset it comes is read all the same', async () => {
    const world = await openWorld();
    const drawn = await world.ask('solo');
    world.simulator.deliverTo('http://127.0.0.1:1/nowhere');
    const { request } = await world.click('U0BOB', drawn, 'approve');
    const headers = { 'content-type': 'Application/x-www-form-urlencoded; charset=UTF-8' };
    const sent = { body: request.body, secret: secretOf(world), atSec: nowSec(world), headers };
    expect((await sendSigned(world.url, sent)).status).toBe(200);
    await until(async () => (await world.happened(drawn)).includes('RequestApproved'), 'approved');
  });

  test('of more than a megabyte is refused, told at once or found on the way', async () => {
    const world = await openWorld();
    const body = Buffer.alloc(1024 * 1024 + 1, 'a');
    const sent = { body, secret: secretOf(world), atSec: nowSec(world) };
    const announced = await sendSigned(world.url, sent).catch((error: Error) => error);
    const chunked = { 'transfer-encoding': 'chunked' };
    const found = await sendSigned(world.url, { ...sent, headers: chunked }).catch((error: Error) => error);
    // The connection may end before the answer is read: what is refused unread is not waited for.
    for (const answer of [announced, found]) {
      expect(answer instanceof Error ? 413 : answer.status).toBe(413);
    }
    expect(world.refused).toEqual([]);
    const small = { ...sent, body: formOf(strayClick()) };
    expect((await sendSigned(world.url, small)).status).toBe(200);
  });

  test.each(['{', 'payload={', 'payload=null', 'payload=7', ''])(
    'of %j is answered at once',
    async (body) => {
      const world = await openWorld();
      const began = performance.now();
      const answer = await sendSigned(world.url, { body, secret: secretOf(world), atSec: nowSec(world) });
      expect([200, 400]).toContain(answer.status);
      expect(performance.now() - began).toBeLessThan(1000);
    },
  );
});

describe('the same signed call again', () => {
  async function clicked(world: World) {
    const drawn = await world.ask('deploy');
    const { request } = await world.click('U0BOB', drawn, 'approve');
    await until(async () => (await world.happened(drawn)).length > 1, 'a vote');
    const again = (url: string) => send(url, Buffer.from(request.body), 'POST', request.headers);
    return { drawn, again };
  }

  test('to the same instance is refused, and happens not', async () => {
    const world = await openWorld();
    const { drawn, again } = await clicked(world);
    const before = await world.happened(drawn);
    expect((await again(world.url)).status).toBe(401);
    expect(world.refused).toEqual(['replayed_signature']);
    expect(await world.happened(drawn)).toEqual(before);
  });

  test('to another instance on the same store is refused', async () => {
    const world = await openWorld();
    const { again } = await clicked(world);
    const other = await world.instance({
      replays: createReplayGuard({ store: world.store, clock: world.now }),
    });
    expect((await again(other.url)).status).toBe(401);
    expect(world.refused).toEqual(['replayed_signature']);
  });

  test('after a restart is refused', async () => {
    const world = await openWorld();
    const first = await world.instance();
    world.simulator.deliverTo(first.url);
    const { again } = await clicked(world);
    await first.inbound.stop();
    const restarted = await world.instance({
      replays: createReplayGuard({ store: world.store, clock: world.now }),
    });
    expect((await again(restarted.url)).status).toBe(401);
  });

  test('at the same time to two instances is taken by one', async () => {
    const world = await openWorld();
    const other = await world.instance();
    const body = formOf(strayClick());
    const sent = { body, secret: secretOf(world), atSec: nowSec(world) };
    const answers = await Promise.all(
      [world.url, other.url, world.url, other.url].map((url) => sendSigned(url, sent)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
  });
});

describe('what nothing of ours answers', () => {
  test.each<[string, object]>([
    ['an unknown button', strayClick()],
    [
      'an unknown form',
      { type: 'view_submission', view: { callback_id: 'x', state: { values: {} }, blocks: [] } },
    ],
    ['a form that was closed', { type: 'view_closed', view: { callback_id: 'deny', blocks: [] } }],
    ['a shortcut', { type: 'shortcut', callback_id: 'x' }],
    ['a kind of call that is not known', { type: 'something_new' }],
  ])('%s is answered at once', async (_what, payload) => {
    const world = await openWorld();
    const body = formOf({ team: { id: 'T0SIM' }, user: { id: 'U0BOB', team_id: 'T0SIM' }, ...payload });
    const began = performance.now();
    const answer = await sendSigned(world.url, { body, secret: secretOf(world), atSec: nowSec(world) });
    expect(answer).toEqual({ status: 200, body: '' });
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test('a button of ours on a message that is not is told so', async () => {
    const world = await openWorld();
    const drawn = await world.ask('solo');
    const { request } = await world.click('U0MALLORY', drawn, 'approve');
    await world.told('U0MALLORY');
    const payload = JSON.parse(new URLSearchParams(request.body).get('payload') ?? '');
    const action = { ...payload.actions[0], value: 'approve everything' };
    const body = formOf({ ...payload, message: { blocks: [] }, actions: [action] });
    await sendSigned(world.url, { body, secret: secretOf(world), atSec: nowSec(world) });
    const [, text] = await world.told('U0MALLORY', 2);
    expect(text).toBe('Not done: this message is out of date. Look at the request as it is now.');
    expect(await world.attempts(drawn)).toHaveLength(1);
  });
});

describe('what Slack asks of an address', () => {
  const signed = (world: World, body: string, type: string) =>
    sendSigned(world.url, {
      ...{ body, secret: secretOf(world), atSec: nowSec(world) },
      headers: { 'content-type': type },
    });

  test('that it gives back a challenge', async () => {
    const world = await openWorld();
    const body = JSON.stringify({ type: 'url_verification', challenge: 'xyz' });
    const answer = await signed(world, body, 'application/json');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ challenge: 'xyz' });
    const unsigned = await send(world.url, Buffer.from(body), 'POST', { 'content-type': 'application/json' });
    expect(unsigned).toEqual({ status: 401, body: '' });
  });

  test('that it can be reached over TLS, signed or not; nothing else in such a call is read', async () => {
    const world = await openWorld();
    const form = 'application/x-www-form-urlencoded';
    expect((await signed(world, 'ssl_check=1&token=x', form)).status).toBe(200);
    const smuggling = `ssl_check=1&${formOf(strayClick())}`;
    const answer = await send(world.url, Buffer.from(smuggling), 'POST', { 'content-type': form });
    expect(answer).toEqual({ status: 200, body: '' });
    expect(await world.store.readLog('', 100, { categories: ['signature'] })).toMatchObject({
      events: [{ type: 'SignedCallAccepted' }],
    });
  });

  test.each(['GET', 'PUT'])('is not asked by %s, nor anywhere else', async (method) => {
    const world = await openWorld();
    const sent = { body: formOf(strayClick()), secret: secretOf(world), atSec: nowSec(world) };
    expect((await sendSigned(world.url, { ...sent, body: '', method })).status).toBe(404);
    for (const path of [
      '/slack',
      '/slack/events/',
      '/Slack/events',
      '/slack/install',
      '/slack/oauth_redirect',
    ]) {
      const elsewhere = new URL(path, world.url).href;
      expect((await sendSigned(elsewhere, sent)).status).toBe(404);
    }
  });
});

test.each([
  { botTokens: ['xoxb-1'], signingSecrets: [], appTokens: [] },
  { botTokens: ['xoxb-1'], signingSecrets: ['s', ' '], appTokens: [] },
  { botTokens: [], signingSecrets: ['s'], appTokens: [] },
  { botTokens: ['xoxb-1'], signingSecrets: [], appTokens: [''] },
])('credentials like %j are refused at the start', async (credentials) => {
  const world = await openWorld();
  await expect(world.instance({ credentials })).rejects.toThrow(/Slack needs a .* that is not empty/);
});
