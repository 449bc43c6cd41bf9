import { describe, expect, test } from '@jest/globals';
import type { ViewOutput, ViewResponseAction } from '@slack/bolt';
import type { ModalView } from '@slack/web-api';
import type { Simulator } from '../../src/index.ts';
import { boltApp } from '../support/app.ts';
import { actions, button, input, modal, option, section } from '../support/blocks.ts';
import { alice, clientOf, codeOf, eventually, handClock, workspace } from '../support/workspace.ts';

const reason = input('why', { type: 'plain_text_input', action_id: 'reason' });

/** An app with a button that opens this modal, and answers its submissions. */
async function opening(
  simulator: Simulator,
  view: ModalView,
  answer: (view: ViewOutput) => ViewResponseAction | undefined = () => undefined,
): Promise<{
  readonly seen: { type: string; view: ViewOutput }[];
  open(): Promise<void>;
  readonly triggers: string[];
}> {
  const seen: { type: string; view: ViewOutput }[] = [];
  const triggers: string[] = [];
  const app = await boltApp(simulator, (bolt) => {
    bolt.action({ type: 'block_actions', action_id: 'go' }, async ({ ack, body, client }) => {
      await ack();
      await client.views.open({ trigger_id: body.trigger_id, view });
    });
    bolt.action({ type: 'block_actions', action_id: /more|choice/ }, async ({ ack, body }) => {
      await ack();
      triggers.push(body.trigger_id);
      if (body.view) seen.push({ type: body.type, view: body.view });
    });
    bolt.view(/.*/, async ({ ack, body, view: submitted }) => {
      seen.push({ type: body.type, view: submitted });
      const action = answer(submitted);
      if (action) await ack(action);
      else await ack();
    });
    bolt.view({ type: 'view_closed', callback_id: /.*/ }, async ({ ack, body, view: closed }) => {
      seen.push({ type: body.type, view: closed });
      await ack();
    });
  });
  const blocks = [actions('row', button('go'), button('more'))];
  const { ts } = await app.client.chat.postMessage({ channel: 'approvals', text: 'x', blocks });
  const click = { user: alice.id, channel: 'approvals', ts: String(ts) };
  return {
    seen,
    triggers,
    async open() {
      await simulator.click({ ...click, actionId: 'go' });
      await eventually(simulator, () => simulator.openView(alice.id) !== null);
      await simulator.click({ ...click, actionId: 'more' });
    },
  };
}

describe('a modal', () => {
  test('opens by a trigger, is submitted with what was typed, and closes', async () => {
    const simulator = await workspace();
    const view = modal([section('Why?'), reason], { private_metadata: 'target', callback_id: 'deny' });
    const app = await opening(simulator, view);
    await app.open();
    expect(simulator.openView('alice')).toMatchObject({ user: alice.id, view, errors: {} });
    expect(simulator.openView('bob')).toBeNull();

    const delivery = await simulator.submit('alice', { why: 'because' });
    expect(delivery).toMatchObject({ status: 200, body: '' });
    expect(app.seen).toMatchObject([
      {
        type: 'view_submission',
        view: {
          callback_id: 'deny',
          private_metadata: 'target',
          team_id: 'T0SIM',
          state: { values: { why: { reason: { type: 'plain_text_input', value: 'because' } } } },
        },
      },
    ]);
    expect(app.seen[0]?.view.root_view_id).toBe(app.seen[0]?.view.id);
    expect(simulator.openView('alice')).toBeNull();
  });

  test('holds every kind of input, what is not typed as it stood there at first', async () => {
    const simulator = await workspace();
    const options = [option('a'), option('b'), option('c')];
    const view = modal([
      input('text', { type: 'plain_text_input', action_id: 'x', initial_value: 'first' }),
      input('number', { type: 'number_input', action_id: 'x', is_decimal_allowed: true }),
      input('one', { type: 'static_select', action_id: 'x', options, initial_option: option('b') }),
      input('radio', { type: 'radio_buttons', action_id: 'x', options }, { optional: true }),
      input('some', { type: 'checkboxes', action_id: 'x', options, initial_options: [option('a')] }),
      input('many', { type: 'multi_static_select', action_id: 'x', options }),
    ]);
    const app = await opening(simulator, view);
    await app.open();
    await simulator.submit('alice', { number: '1.5', one: 'c', many: ['c', 'a'] });
    expect(app.seen[0]?.view.state.values).toEqual({
      text: { x: { type: 'plain_text_input', value: 'first' } },
      number: { x: { type: 'number_input', value: '1.5' } },
      one: { x: { type: 'static_select', selected_option: option('c') } },
      radio: { x: { type: 'radio_buttons', selected_option: null } },
      some: { x: { type: 'checkboxes', selected_options: [option('a')] } },
      many: { x: { type: 'multi_static_select', selected_options: [option('a'), option('c')] } },
    });
  });

  test.each<[string, object, Record<string, string | string[] | null>, string]>([
    ['an empty field that is required', {}, {}, 'Please complete this required field.'],
    ['a field that was emptied', { initial_value: 'x' }, { b: null }, 'Please complete this required field.'],
    ['text too short', { min_length: 3 }, { b: 'no' }, 'Must be at least 3 characters.'],
    ['text too long', { max_length: 3 }, { b: 'long' }, 'Must be at most 3 characters.'],
    [
      'a number that is none',
      { type: 'number_input', is_decimal_allowed: false },
      { b: '1.5' },
      'Please enter a valid number.',
    ],
    [
      'a number too small',
      { type: 'number_input', is_decimal_allowed: false, min_value: '2' },
      { b: '1' },
      'Must be at least 2.',
    ],
    [
      'a number too large',
      { type: 'number_input', is_decimal_allowed: false, max_value: '2' },
      { b: '3' },
      'Must be at most 2.',
    ],
  ])('%s is not sent; the field says why', async (_what, element, values, error) => {
    const simulator = await workspace();
    const app = await opening(
      simulator,
      modal([input('b', { type: 'plain_text_input', action_id: 'a', ...element })]),
    );
    await app.open();
    await expect(simulator.submit('alice', values)).rejects.toThrow(`not submitted: b: ${error}`);
    expect(simulator.openView('alice')?.errors).toEqual({ b: error });
    expect(app.seen).toEqual([]);
  });

  test("an input that is not there, and one that can't hold the value, are errors of the test", async () => {
    const simulator = await workspace();
    await (await opening(simulator, modal([reason]))).open();
    await expect(simulator.submit('alice', { what: 'x' })).rejects.toThrow(
      'no input in a block what; there is why',
    );
    await expect(simulator.submit('alice', { why: ['x'] })).rejects.toThrow(
      'a plain_text_input holds one text',
    );
    await expect(simulator.submit('bob', {})).rejects.toThrow('U0BOB has no modal open');
  });
});

describe('the answer to a submission', () => {
  const other = modal([section('next')], { title: { type: 'plain_text', text: 'Other' } });

  test('errors stand at the fields and leave it open; submitting again clears them', async () => {
    const simulator = await workspace();
    const app = await opening(simulator, modal([reason]), ({ state }) =>
      state.values.why?.reason?.value === 'no'
        ? { response_action: 'errors', errors: { why: 'Say more' } }
        : undefined,
    );
    await app.open();
    await simulator.submit('alice', { why: 'no' });
    expect(simulator.openView('alice')?.errors).toEqual({ why: 'Say more' });
    await simulator.submit('alice', { why: 'because' });
    expect(simulator.openView('alice')).toBeNull();
  });

  test('update draws it anew under a new hash; views.update does so later, unless it is outdated', async () => {
    const simulator = await workspace();
    const app = await opening(simulator, modal([reason]), () => ({ response_action: 'update', view: other }));
    await app.open();
    const before = simulator.openView('alice');
    await simulator.submit('alice', { why: 'x' });
    const after = simulator.openView('alice');
    expect(after).toMatchObject({ id: before?.id, view: other });
    expect(after?.hash).not.toBe(before?.hash);

    const client = clientOf(simulator);
    const update = (hash: string | undefined, id = after?.id) =>
      codeOf(client.views.update({ view_id: String(id), view: modal([reason]), ...(hash && { hash }) }));
    expect(await update(before?.hash)).toBe('hash_conflict');
    expect(await update(after?.hash)).toBe('ok');
    expect(await update(undefined)).toBe('ok');
    expect(await update(undefined, 'V0NONE')).toBe('not_found');
    expect(simulator.openView('alice')?.view).toMatchObject({ blocks: [reason] });
  });

  test('push lays one on top, three at most; clear takes them all', async () => {
    const simulator = await workspace();
    let action: ViewResponseAction = {
      response_action: 'push',
      view: modal([reason], { title: other.title }),
    };
    const app = await opening(simulator, modal([reason]), () => action);
    await app.open();
    const root = simulator.openView('alice');
    await simulator.submit('alice', { why: '1' });
    await simulator.submit('alice', { why: '2' });
    expect(app.seen[1]?.view).toMatchObject({ root_view_id: root?.id, previous_view_id: root?.id });
    await expect(simulator.submit('alice', { why: '3' })).rejects.toThrow('push_limit_reached');
    action = { response_action: 'clear' };
    await simulator.submit('alice', { why: '4' });
    expect(simulator.openView('alice')).toBeNull();
  });

  test.each<[string, unknown, string]>([
    [
      'an error at what is no input',
      { response_action: 'errors', errors: { other: 'x' } },
      'other is no input block',
    ],
    [
      'a view that Slack would not take',
      { response_action: 'update', view: { ...other, blocks: [] } },
      'no fewer than 1 items',
    ],
    ['an action of its own', { response_action: 'shout' }, 'response_action "shout"'],
  ])('%s is an error of the app, told to the test', async (_what, answer, message) => {
    const simulator = await workspace();
    const app = await opening(simulator, modal([reason]), () => answer as ViewResponseAction);
    await app.open();
    await expect(simulator.submit('alice', { why: 'x' })).rejects.toThrow(message);
    expect(simulator.openView('alice')).not.toBeNull();
  });
});

describe('closing', () => {
  test('tells the app where it wants to know', async () => {
    const simulator = await workspace();
    const app = await opening(simulator, modal([reason], { notify_on_close: true, callback_id: 'deny' }));
    await app.open();
    expect(await simulator.close('alice')).toMatchObject({ status: 200 });
    expect(app.seen).toMatchObject([{ type: 'view_closed', view: { callback_id: 'deny' } }]);
    expect(simulator.openView('alice')).toBeNull();
  });

  test('tells nobody else', async () => {
    const simulator = await workspace();
    const app = await opening(simulator, modal([reason]));
    await app.open();
    expect(await simulator.close('alice')).toBeNull();
    expect(app.seen).toEqual([]);
    await expect(simulator.close('alice')).rejects.toThrow('no modal open');
  });
});

describe('triggers', () => {
  test('are good once, for three seconds, for one view', async () => {
    const clock = handClock(Date.now() / 1_000);
    const simulator = await workspace({ clock });
    const app = await opening(simulator, modal([reason]));
    await app.open();
    const client = clientOf(simulator);
    const view = modal([section('x')]);
    const open = (trigger = '') => codeOf(client.views.open({ trigger_id: trigger, view }));
    const [first] = app.triggers;
    expect(await open('1.2.abc')).toBe('invalid_trigger_id');
    expect(await codeOf(client.views.push({ trigger_id: String(first), view }))).toBe('invalid_trigger_id');
    clock.advance(3);
    expect(await open(first)).toBe('ok');
    expect(await open(first)).toBe('exchanged_trigger_id');
    await simulator.close('alice');
    await app.open();
    clock.advance(3.1);
    expect(await open(app.triggers[1])).toBe('expired_trigger_id');
  });

  test('a click within a modal brings what was selected, and a trigger to push with', async () => {
    const simulator = await workspace();
    const choice = { type: 'static_select', action_id: 'choice', options: [option('a'), option('b')] };
    const app = await opening(simulator, modal([actions('row', button('more'), choice), reason]));
    await app.open();
    await expect(simulator.clickInView('alice', 'choice', ['z'])).rejects.toThrow('choice has no option "z"');
    await simulator.clickInView('alice', 'choice', ['b']);
    await simulator.clickInView('alice', 'more');
    expect(app.seen[1]?.view.state.values).toMatchObject({
      row: { choice: { selected_option: option('b') } },
      why: { reason: { value: null } },
    });
    const client = clientOf(simulator);
    const pushing = { trigger_id: String(app.triggers[2]), view: modal([section('top')]) };
    expect((await client.views.push(pushing)).view?.previous_view_id).toBe(app.seen[0]?.view.id);
    expect(simulator.openView('alice')?.view).toMatchObject({ blocks: [section('top')] });
    await simulator.close('alice');
    expect(simulator.openView('alice')?.id).toBe(app.seen[0]?.view.id);
  });

  test("an external id is one view's only, and finds it", async () => {
    const simulator = await workspace();
    const app = await opening(simulator, modal([reason], { external_id: 'mine' }));
    await app.open();
    const client = clientOf(simulator);
    const view = modal([section('x')], { external_id: 'mine' });
    const push = client.views.push({ trigger_id: String(app.triggers[0]), view });
    expect(await codeOf(push)).toBe('invalid_trigger_id');
    expect(await codeOf(client.views.open({ trigger_id: String(app.triggers[0]), view }))).toBe(
      'duplicate_external_id',
    );
    expect(await codeOf(client.views.update({ external_id: 'mine', view }))).toBe('ok');
    expect(simulator.openView('alice')?.view).toMatchObject({ blocks: [section('x')] });
  });
});
