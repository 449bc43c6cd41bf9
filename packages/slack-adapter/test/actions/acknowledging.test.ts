import { describe, expect, test } from '@jest/globals';
import { formOf, sendSigned } from '../receive/sent.ts';
import { closeWorlds, type Drawn, openWorld, until, type World } from '../receive/world.ts';

closeWorlds();

async function acknowledged(world: World, drawn: Drawn) {
  const known = await world.ledger.load(drawn.requestId);
  const given = Object.entries(known?.approval.acknowledgements ?? {});
  return Object.fromEntries(given.map(([persona, { by }]) => [persona, by]));
}

/** Waits until nobody but these stand as having acknowledged. */
async function standsAcknowledged(world: World, drawn: Drawn, whom: Record<string, string>): Promise<void> {
  const wanted = JSON.stringify(Object.entries(whom).sort());
  await until(
    async () => JSON.stringify(Object.entries(await acknowledged(world, drawn)).sort()) === wanted,
    `acknowledged as ${wanted}`,
  );
}

describe('the checkboxes of personas', () => {
  test('acknowledge what is ticked and take back what is unticked', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    await world.click('U0BOB', drawn, 'acknowledge', ['on-call']);
    await standsAcknowledged(world, drawn, { 'on-call': 'bob' });
    await world.redraw(drawn);
    await world.click('U0BOB', drawn, 'acknowledge', []);
    await standsAcknowledged(world, drawn, {});
    expect(await world.happened(drawn)).toEqual([
      'ApprovalRequested',
      'PersonaAcknowledged',
      'PersonaAcknowledgementWithdrawn',
    ]);
  });

  test('of two people on one drawing undo nothing of each other', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    await Promise.all([
      world.click('U0CAROL', drawn, 'acknowledge', ['on-call']),
      world.click('U0DAN', drawn, 'acknowledge', ['security']),
    ]);
    await standsAcknowledged(world, drawn, { 'on-call': 'carol', security: 'dan' });
    expect(await world.happened(drawn)).not.toContain('PersonaAcknowledgementWithdrawn');
  });

  test('on an older drawing do not withdraw what it does not show', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    await world.click('U0CAROL', drawn, 'acknowledge', ['on-call']);
    await standsAcknowledged(world, drawn, { 'on-call': 'carol' });
    // Not drawn anew: in front of bob nothing is ticked, and he ticks and unticks "security".
    await world.click('U0BOB', drawn, 'acknowledge', ['security']);
    await standsAcknowledged(world, drawn, { 'on-call': 'carol', security: 'bob' });
    await world.click('U0BOB', drawn, 'acknowledge', []);
    await world.click('U0BOB', drawn, 'acknowledge', ['on-call']);
    expect(await world.told('U0BOB')).toEqual(['Nothing to do: this was acknowledged before.']);
    expect(await acknowledged(world, drawn)).toEqual({ 'on-call': 'carol', security: 'bob' });
  });

  test('on an older drawing do not give again what was withdrawn since', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    const { requestId } = drawn;
    await world.send('carol', { type: 'AcknowledgePersona', requestId, persona: 'on-call' });
    await world.redraw(drawn);
    await world.send('carol', { type: 'WithdrawAcknowledgement', requestId, persona: 'on-call' });
    // In front of bob "on-call" still stands ticked, so that Slack names it too.
    await world.click('U0BOB', drawn, 'acknowledge', ['on-call', 'security']);
    await standsAcknowledged(world, drawn, { security: 'bob' });
  });

  test('of somebody else are not taken away, and the try is told and recorded', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    await world.click('U0CAROL', drawn, 'acknowledge', ['on-call']);
    await standsAcknowledged(world, drawn, { 'on-call': 'carol' });
    await world.redraw(drawn);
    await world.click('U0BOB', drawn, 'acknowledge', []);
    expect(await world.told('U0BOB')).toEqual([
      'Not done: "on-call" was acknowledged by carol, who alone can withdraw it.',
    ]);
    expect(await acknowledged(world, drawn)).toEqual({ 'on-call': 'carol' });
    expect(await world.attempts(drawn)).toEqual([{ rule: 'not_acknowledger', by: 'bob' }]);
  });

  test('of a persona that somebody is not are refused, told and recorded', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    await world.click('U0DAN', drawn, 'acknowledge', ['on-call']);
    expect(await world.told('U0DAN')).toEqual([
      'Not done: dan may not acknowledge for "on-call"; that is for: sre.',
    ]);
    expect(await acknowledged(world, drawn)).toEqual({});
    expect(await world.attempts(drawn)).toEqual([{ rule: 'not_on_slate', by: 'dan' }]);
  });

  test('are refused after the deadline', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    world.advance(172_800_000);
    await world.click('U0BOB', drawn, 'acknowledge', ['on-call']);
    expect((await world.told('U0BOB'))[0]).toMatch(/^Not done: the request expired at/);
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested', 'RequestExpired']);
  });

  test('of which one may be ticked and the other may not record the one and refuse the other', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    await world.click('U0CAROL', drawn, 'acknowledge', ['security', 'on-call']);
    expect(await world.told('U0CAROL')).toEqual([
      'Not done: carol may not acknowledge for "security"; that is for: security.',
    ]);
    await standsAcknowledged(world, drawn, { 'on-call': 'carol' });
  });
});

describe('a click on a drawing that Slack has replaced since', () => {
  /** What somebody clicks goes off, and arrives after the message was drawn anew: Slack then gives the new drawing. */
  async function overtaken(world: World, drawn: Drawn, user: string, action: string, selected: string[]) {
    world.simulator.deliverTo('http://127.0.0.1:1/nowhere');
    const { request } = await world.click(user, drawn, action, selected);
    world.simulator.deliverTo(world.url);
    const payload = JSON.parse(new URLSearchParams(request.body).get('payload') ?? '');
    return async () => {
      const now = world.simulator.messages('#approvals').find(({ ts }) => ts === drawn.ts);
      const body = formOf({ ...payload, message: { ...payload.message, blocks: now?.blocks } });
      const atSec = Math.floor(world.now() / 1000);
      const { status } = await sendSigned(world.url, { body, secret: world.simulator.signingSecret, atSec });
      expect(status).toBe(200);
      expect((await world.told(user))[0]).toContain('this message is out of date');
    };
  }

  test('does not give what stood ticked by somebody else, and was withdrawn since', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    const { requestId } = drawn;
    await world.send('carol', { type: 'AcknowledgePersona', requestId, persona: 'on-call' });
    await world.redraw(drawn);
    // Bob only ticks "security"; Slack names all that is ticked in front of him.
    const arrives = await overtaken(world, drawn, 'U0BOB', 'acknowledge', ['on-call', 'security']);
    await world.send('carol', { type: 'WithdrawAcknowledgement', requestId, persona: 'on-call' });
    await world.redraw(drawn);
    await arrives();
    expect(await acknowledged(world, drawn)).toEqual({});
  });

  test('is no attempt at what stood ticked by somebody else', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    const { requestId } = drawn;
    await world.send('carol', { type: 'AcknowledgePersona', requestId, persona: 'on-call' });
    await world.redraw(drawn);
    const arrives = await overtaken(world, drawn, 'U0DAN', 'acknowledge', ['on-call', 'security']);
    await world.send('bob', { type: 'AcknowledgePersona', requestId, persona: 'security' });
    await world.redraw(drawn);
    await arrives();
    expect(await world.attempts(drawn)).toEqual([]);
    expect(await acknowledged(world, drawn)).toEqual({ 'on-call': 'carol', security: 'bob' });
  });

  test('opens no form for a plan that was not in front of anybody', async () => {
    const world = await openWorld();
    const drawn = await world.ask('migrate', { params: { batchSize: 10, window: 'night' } });
    const arrives = await overtaken(world, drawn, 'U0ALICE', 'more', ['break_glass']);
    const { requestId } = drawn;
    const overrides = { batchSize: 1000 };
    await world.send('bob', { type: 'Decide', requestId, status: 'approved', overrides });
    await world.redraw(drawn);
    await arrives();
    expect(world.simulator.openView('U0ALICE')).toBeNull();
  });
});

describe('withdrawing from the menu', () => {
  test('takes back what one has given oneself, also once the checkboxes are gone', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    const { requestId } = drawn;
    await world.send('bob', { type: 'AcknowledgePersona', requestId, persona: 'security' });
    await world.send('carol', { type: 'AcknowledgePersona', requestId, persona: 'on-call' });
    await world.redraw(drawn);
    await expect(world.click('U0BOB', drawn, 'acknowledge', [])).rejects.toThrow();
    await world.click('U0BOB', drawn, 'more', ['withdraw']);
    await standsAcknowledged(world, drawn, { 'on-call': 'carol' });
  });

  test('of what others have given is refused, told and recorded', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    const { requestId } = drawn;
    await world.send('carol', { type: 'AcknowledgePersona', requestId, persona: 'on-call' });
    await world.redraw(drawn);
    await world.click('U0BOB', drawn, 'more', ['withdraw']);
    expect((await world.told('U0BOB'))[0]).toContain('was acknowledged by carol, who alone can withdraw it');
    expect(await acknowledged(world, drawn)).toEqual({ 'on-call': 'carol' });
    expect(await world.attempts(drawn)).toEqual([{ rule: 'not_acknowledger', by: 'bob' }]);
  });
});
