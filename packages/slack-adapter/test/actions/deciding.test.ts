import { describe, expect, test } from '@jest/globals';
import { closeWorlds, openWorld, until, type World } from '../receive/world.ts';

closeWorlds();

const privately = (world: World) =>
  world.simulator.messages('#approvals').filter((message) => message.ephemeralFor !== undefined);

describe('a click on Approve', () => {
  test('is one vote by whoever clicked, for what was drawn', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy');
    const delivery = await world.click('U0BOB', drawn, 'approve');
    expect(delivery).toMatchObject({ status: 200, body: '' });
    const [, vote] = await until(async () => {
      const events = await world.events(drawn);
      return events.length > 1 && events;
    }, 'a vote');
    expect(vote?.type).toBe('ApprovalGranted');
    const known = await world.ledger.load(drawn.requestId);
    expect(JSON.parse(vote?.data ?? '')).toMatchObject({
      by: { sub: 'bob', kind: 'human', via: 'slack' },
      paramsHash: known?.approval.paramsHash,
    });
    await world.redraw(drawn);
    await world.click('U0CAROL', drawn, 'approve');
    await until(async () => (await world.happened(drawn)).includes('RequestApproved'), 'approved');
    expect(privately(world)).toEqual([]);
    expect(world.failures).toEqual([]);
  });

  test('by whoever asked is refused by the rule, privately, and the attempt is recorded', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy', {}, { sub: 'bob', kind: 'human' });
    await world.click('U0BOB', drawn, 'approve');
    expect(await world.told('U0BOB')).toEqual([
      'Not done: the requester has no vote on the own request; cancelling it is possible.',
    ]);
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
    expect(await world.attempts(drawn)).toEqual([{ rule: 'self_approval', by: 'bob' }]);
    expect(privately(world)).toHaveLength(1);
  });

  test('on behalf of whoever clicks is refused likewise', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy', { onBehalfOf: 'carol' });
    await world.click('U0CAROL', drawn, 'approve');
    await world.told('U0CAROL');
    expect(await world.attempts(drawn)).toEqual([{ rule: 'self_approval', by: 'carol' }]);
  });

  test('by somebody who is not on the slate is refused, privately, and the attempt is recorded', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy');
    await world.click('U0MALLORY', drawn, 'approve');
    expect(await world.told('U0MALLORY')).toEqual([
      'Not done: mallory is not an approver of this request; approvers are: sre.',
    ]);
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
    expect(await world.attempts(drawn)).toEqual([{ rule: 'not_on_slate', by: 'mallory' }]);
  });

  test('by somebody of whom the policy knows nothing is refused, told why, and recorded', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy');
    await world.click('U0EVE', drawn, 'approve');
    const [text] = await world.told('U0EVE');
    expect(text).toContain('Not done: deciding needs the role approver or admin.');
    expect(text).toContain('not linked to a person of the policy');
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
    expect(await world.attempts(drawn)).toEqual([{ rule: 'role_missing', by: 'slack:T0SIM:U0EVE' }]);
  });

  test('by an address that the policy knows counts where that is wanted, and nowhere else', async () => {
    const world = await openWorld({ deps: { matchEmail: true } });
    const drawn = await world.ask('mailed');
    await world.click('U0ERIN', drawn, 'approve');
    await until(async () => (await world.happened(drawn)).includes('RequestApproved'), 'approved');
    const strict = await world.instance({ matchEmail: false });
    world.simulator.deliverTo(strict.url);
    const other = await world.ask('mailed');
    await world.click('U0ERIN', other, 'approve');
    await world.told('U0ERIN');
    expect(await world.attempts(other)).toEqual([{ rule: 'role_missing', by: 'slack:T0SIM:U0ERIN' }]);
  });

  test.each([{ emailConfirmed: false }, { isGuest: true }])(
    'by an address of which Slack says %j counts for nobody',
    async (more) => {
      const erin = { id: 'U0ERIN', name: 'erin', email: 'erin@example.com', ...more };
      const world = await openWorld({ deps: { matchEmail: true }, simulator: { users: [erin] } });
      const drawn = await world.ask('mailed');
      await world.click('U0ERIN', drawn, 'approve');
      expect((await world.told('U0ERIN'))[0]).toContain('Your Slack account is not linked');
      expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
    },
  );

  test('while Slack does not say whose address it is counts for nobody, and is no attempt', async () => {
    const world = await openWorld({ deps: { matchEmail: true } });
    const drawn = await world.ask('mailed');
    world.simulator.faults.outage({ match: { method: 'users.info' }, as: 503 });
    await world.click('U0ERIN', drawn, 'approve');
    expect(await world.told('U0ERIN')).toEqual([
      'Slack did not say who you are; nothing was recorded. Try again in a moment.',
    ]);
    expect(await world.attempts(drawn)).toEqual([]);
    world.simulator.faults.clear();
    await world.click('U0ERIN', drawn, 'approve');
    await until(async () => (await world.happened(drawn)).includes('RequestApproved'), 'approved');
  });

  test('after the deadline is refused, though no timer has fired', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy');
    world.advance(3600_000);
    await world.click('U0BOB', drawn, 'approve');
    const [text] = await world.told('U0BOB');
    // In the reader's own zone.
    expect(text).toMatch(/^Not done: the request expired at <!date\^\d+\^[^|]+\|[^>]+ UTC>\.$/);
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested', 'RequestExpired']);
  });

  test('on a request that was decided meanwhile says who decided', async () => {
    const world = await openWorld();
    const drawn = await world.ask('solo');
    await world.send('bob', { type: 'Decide', requestId: drawn.requestId, status: 'denied' });
    await world.click('U0CAROL', drawn, 'approve');
    const [text] = await world.told('U0CAROL');
    expect(text).toMatch(/^Not done: the request was denied by bob at <!date/);
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested', 'DenialGiven', 'RequestDenied']);
  });

  test('on parameters that were edited meanwhile changes nothing', async () => {
    const world = await openWorld();
    const drawn = await world.ask('migrate', { params: { batchSize: 10 } });
    const { requestId } = drawn;
    await world.send('carol', {
      type: 'Decide',
      requestId,
      status: 'approved',
      overrides: { batchSize: 20 },
    });
    const before = await world.happened(drawn);
    await world.click('U0BOB', drawn, 'approve');
    const [text] = await world.told('U0BOB');
    expect(text).toContain('the parameters have changed since this was drawn');
    expect(await world.happened(drawn)).toEqual(before);
    await world.redraw(drawn);
    await world.click('U0BOB', drawn, 'approve');
    await until(async () => (await world.happened(drawn)).includes('RequestApproved'), 'approved');
  });

  test('twice on one drawing is one vote, also by somebody who stands in the next stage too', async () => {
    const world = await openWorld();
    const drawn = await world.ask('staged');
    await Promise.all([world.click('U0BOB', drawn, 'approve'), world.click('U0BOB', drawn, 'approve')]);
    expect(await world.told('U0BOB')).toEqual(['Nothing to do: your approval already stands.']);
    const once = ['ApprovalRequested', 'ApprovalGranted', 'StageCompleted'];
    expect(await world.happened(drawn)).toEqual(once);
    // Only the next drawing asks for the next stage.
    await world.redraw(drawn);
    await world.click('U0BOB', drawn, 'approve');
    await until(async () => (await world.happened(drawn)).includes('RequestApproved'), 'approved');
    expect(await world.happened(drawn)).toEqual([
      ...once,
      'ApprovalGranted',
      'StageCompleted',
      'RequestApproved',
    ]);
  });

  test('on a drawing of an earlier stage, by somebody of the next one, is not taken for it', async () => {
    const world = await openWorld();
    const drawn = await world.ask('staged');
    const { requestId } = drawn;
    await world.send('carol', { type: 'Decide', requestId, status: 'approved' });
    const before = await world.happened(drawn);
    await world.click('U0BOB', drawn, 'approve');
    expect(await world.told('U0BOB')).toEqual([
      'Not done: stage "peers" is not being decided now, "security" is.',
    ]);
    expect(await world.happened(drawn)).toEqual(before);
  });

  test('of whatever kind on a request of another tenant is told nothing of it', async () => {
    const world = await openWorld();
    const drawn = await world.ask('seen');
    await world.send('bob', { type: 'AcknowledgePersona', requestId: drawn.requestId, persona: 'on-call' });
    await world.redraw(drawn);
    const clicks: [string, string[]?][] = [
      ['acknowledge', ['on-call', 'security']],
      ['acknowledge', []],
      ['more', ['withdraw']],
    ];
    for (const [action, selected] of clicks) await world.click('U0ANN', drawn, action, selected);
    await world.click('U0ANN', await world.ask('deploy'), 'approve');
    const texts = await world.told('U0ANN', 4);
    expect(new Set(texts)).toEqual(new Set(['Not done: there is no such request.']));
  });

  test('by somebody unknown on a request of another tenant is told that nobody knows them', async () => {
    const world = await openWorld();
    const drawn = await world.ask('theirs', {}, { tenant: 'acme' });
    await world.click('U0EVE', drawn, 'approve');
    expect(await world.told('U0EVE')).toEqual([
      expect.stringMatching(/^Not done: there is no such request\. Your Slack account is not linked/),
    ]);
  });

  test('on a request of another tenant finds none, and leaves no record', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy');
    await world.click('U0ANN', drawn, 'approve');
    const [text] = await world.told('U0ANN');
    expect(text).toBe('Not done: there is no such request.');
    expect(await world.attempts(drawn)).toEqual([]);
  });
});

describe('a click on Deny', () => {
  test('asks for the reason first, and is one denial with it', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy');
    await world.click('U0BOB', drawn, 'deny');
    await until(() => world.simulator.openView('U0BOB') !== null, 'asked');
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
    const delivery = await world.simulator.submit('U0BOB', { reason: '  not on a Friday ' });
    expect(delivery).toMatchObject({ status: 200, body: '' });
    expect(world.simulator.openView('U0BOB')).toBeNull();
    const events = await world.events(drawn);
    expect(events.map(({ type }) => type)).toEqual(['ApprovalRequested', 'DenialGiven', 'RequestDenied']);
    expect(JSON.parse(events[1]?.data ?? '')).toMatchObject({
      by: { sub: 'bob', via: 'slack' },
      note: 'not on a Friday',
    });
  });

  test('needs no reason, and counts although the stage was completed meanwhile', async () => {
    const world = await openWorld();
    const drawn = await world.ask('staged');
    const { requestId } = drawn;
    await world.click('U0BOB', drawn, 'deny');
    await until(() => world.simulator.openView('U0BOB') !== null, 'asked');
    await world.send('carol', { type: 'Decide', requestId, status: 'approved' });
    await world.simulator.submit('U0BOB', { reason: null });
    expect((await world.happened(drawn)).at(-1)).toBe('RequestDenied');
  });

  test('by somebody who is not on the slate is refused where the form was', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy');
    await world.click('U0MALLORY', drawn, 'deny');
    await until(() => world.simulator.openView('U0MALLORY') !== null, 'asked');
    await world.simulator.submit('U0MALLORY', { reason: 'no' });
    const notice = JSON.stringify(world.simulator.openView('U0MALLORY')?.view);
    expect(notice).toContain('Not done: mallory is not an approver of this request');
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested']);
    expect(await world.attempts(drawn)).toEqual([{ rule: 'not_on_slate', by: 'mallory' }]);
  });

  test('whose form is closed changes nothing', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy');
    await world.click('U0BOB', drawn, 'deny');
    await until(() => world.simulator.openView('U0BOB') !== null, 'asked');
    await world.simulator.close('U0BOB');
    expect(world.simulator.openView('U0BOB')).toBeNull();
    // Whatever the closing could have begun would have to be done before this is.
    await world.click('U0CAROL', drawn, 'approve');
    await until(async () => (await world.happened(drawn)).length > 1, 'a vote');
    expect(await world.happened(drawn)).toEqual(['ApprovalRequested', 'ApprovalGranted']);
    expect(privately(world)).toEqual([]);
  });

  test('that Slack opens no form for is told privately', async () => {
    const world = await openWorld();
    const drawn = await world.ask('deploy');
    world.simulator.faults.refuse({ match: { method: 'views.open' }, error: 'expired_trigger_id' });
    await world.click('U0BOB', drawn, 'deny');
    expect(await world.told('U0BOB')).toEqual([
      'Slack did not open the form; nothing was recorded. Click again.',
    ]);
  });
});
