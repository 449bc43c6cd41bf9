import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { App, SlackAction, ViewSubmitAction } from '@slack/bolt';
import type { Browser, Page } from 'playwright-core';
import { actions, button, input, modal, option, plain, section } from '../page-support/blocks.ts';
import { launchChromium, whyNoBrowser } from '../page-support/chromium.ts';
import { type Scene, scene } from '../page-support/scene.ts';

const suite = whyNoBrowser() === null ? describe : describe.skip;

/** A message with a button that opens this modal. */
async function opening(app: App, post: Scene['post'], view: object): Promise<void> {
  app.action('open', async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: triggerOf(body), view: view as never });
  });
  await post('Form', [actions(button('open', 'Open form'))]);
}

function triggerOf(body: SlackAction): string {
  return (body as { trigger_id: string }).trigger_id;
}

async function open(page: Page, name: string) {
  await page.getByRole('button', { name: 'Open form' }).click();
  const dialog = page.getByRole('dialog', { name });
  await dialog.waitFor();
  return dialog;
}

const options = [option('a', 'Apple'), option('b', 'Banana'), option('c', 'Cherry')];

suite('modals on the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  test('errors stand at their fields, then what was filled in arrives', async () => {
    const { app, tab, post } = await scene(browser);
    const submitted: ViewSubmitAction['view']['state']['values'][] = [];
    app.view('form', async ({ ack, view, client }) => {
      submitted.push(view.state.values);
      if (view.state.values.reason?.reason?.value === 'because') {
        return ack({ response_action: 'errors', errors: { reason: 'Say more than “because”.' } });
      }
      await ack();
      await client.chat.postMessage({ channel: 'approvals', text: 'thank you' });
    });
    await opening(
      app,
      post,
      modal(
        'A form',
        [
          section('Please fill in.'),
          input(
            'reason',
            'Reason',
            { type: 'plain_text_input', multiline: true, max_length: 20 },
            { hint: plain('One line') },
          ),
          input('count', 'Count', {
            type: 'number_input',
            is_decimal_allowed: false,
            min_value: '1',
            max_value: '9',
          }),
          input('menu', 'Menu', { type: 'static_select', options }),
          input('radio', 'Radio', { type: 'radio_buttons', options, initial_option: options[0] }),
          input('boxes', 'Boxes', { type: 'checkboxes', options }),
          input('many', 'Many', { type: 'multi_static_select', options, placeholder: plain('Pick some') }),
          input('name', 'Name', { type: 'plain_text_input', initial_value: 'alice' }, { optional: true }),
        ],
        { callback_id: 'form' },
      ),
    );
    const page = await tab('alice');
    const form = await open(page, 'A form');
    const field = (label: string) => form.getByLabel(label, { exact: true });
    const send = form.getByRole('button', { name: 'Send' });

    await send.click();
    expect(await form.getByText('This must be filled in.').count()).toBe(5);
    await page.locator('textarea:focus').waitFor();
    expect(await field('Reason').getAttribute('aria-invalid')).toBe('true');
    await field('Reason').fill('because it is much too long');
    await field('Count').fill('10');
    await field('Menu').selectOption('Banana');
    await form.getByRole('group', { name: 'Boxes' }).getByLabel('Apple').check();
    await form.getByRole('group', { name: 'Boxes' }).getByLabel('Cherry').check();
    await form.getByText('Pick some').click();
    await form.getByRole('group', { name: 'Many' }).getByLabel('Banana').check();
    await send.click();
    await form.getByText('At most 20 characters are allowed; there are 27.').waitFor();
    await form.getByText('The most is 9.').waitFor();
    await field('Count').fill('2.5');
    await field('Reason').fill('because');
    await send.click();
    await form.getByText('A whole number is needed.').waitFor();
    await field('Count').fill('3');
    expect(submitted).toEqual([]);

    await send.click();
    await form.getByText('Say more than “because”.').waitFor();
    await send.click();
    await form.getByText('Say more than “because”.').waitFor();
    await field('Reason').fill('because of it');
    expect(await form.getByText('Say more').isVisible()).toBe(false);
    await send.click();
    await form.waitFor({ state: 'detached' });
    await page.getByText('thank you').waitFor();
    expect(submitted.at(-1)).toMatchObject({
      reason: { reason: { value: 'because of it' } },
      count: { count: { value: '3' } },
      menu: { menu: { selected_option: { value: 'b' } } },
      radio: { radio: { selected_option: { value: 'a' } } },
      boxes: { boxes: { selected_options: [{ value: 'a' }, { value: 'c' }] } },
      many: { many: { selected_options: [{ value: 'b' }] } },
      name: { name: { value: 'alice' } },
    });
  });

  test('what was typed stays while others act, and when the app changes the form', async () => {
    const { app, tab, post } = await scene(browser);
    const blocks = [
      input('reason', 'Reason', { type: 'plain_text_input' }),
      actions(button('longer', 'Ask for more')),
    ];
    app.action('longer', async ({ ack, body, client }) => {
      await ack();
      const { id, state } = (body as { view: { id: string; state: { values: Held } } }).view;
      const more = [
        ...blocks,
        section(`So far: ${state.values.reason?.reason?.value}`),
        input('more', 'More', { type: 'plain_text_input' }),
      ];
      await client.views.update({ view_id: id, view: modal('Longer', more) as never });
    });
    await opening(app, post, modal('Shorter', blocks));
    const page = await tab('alice');
    const form = await open(page, 'Shorter');
    await form.getByLabel('Reason').fill('half a sent');
    await post('meanwhile');
    await page.getByText('meanwhile').waitFor();
    expect(await form.getByLabel('Reason').inputValue()).toBe('half a sent');
    await page.locator('input:focus').waitFor();
    await form.getByRole('button', { name: 'Ask for more' }).click();
    const longer = page.getByRole('dialog', { name: 'Longer' });
    await longer.getByText('So far: half a sent').waitFor();
    await longer.getByLabel('More').waitFor();
    expect(await longer.getByLabel('Reason').inputValue()).toBe('half a sent');
  });

  test('one stands on another, and closing one means nothing to the app', async () => {
    const { app, tab, post } = await scene(browser);
    const submitted: string[] = [];
    app.view(/.*/, async ({ ack, view }) => {
      submitted.push(view.callback_id);
      await ack();
    });
    app.action('deeper', async ({ ack, body, client }) => {
      await ack();
      const view = modal('Above', [section('On top')], { callback_id: 'above' });
      await client.views.push({ trigger_id: triggerOf(body), view: view as never });
    });
    const below = [
      input('reason', 'Reason', { type: 'plain_text_input' }),
      actions(button('deeper', 'Deeper')),
    ];
    await opening(app, post, modal('Below', below, { callback_id: 'below' }));
    const page = await tab('alice');
    const lower = await open(page, 'Below');
    await lower.getByLabel('Reason').fill('kept');
    await lower.getByRole('button', { name: 'Deeper' }).click();
    const upper = page.getByRole('dialog', { name: 'Above' });
    await upper.getByText('On top').waitFor();
    await page.keyboard.press('Escape');
    await upper.waitFor({ state: 'detached' });
    expect(await lower.getByLabel('Reason').inputValue()).toBe('kept');
    await lower.getByRole('button', { name: 'Deeper' }).click();
    await upper.getByRole('button', { name: 'Send' }).click();
    await upper.waitFor({ state: 'detached' });
    await lower.getByRole('button', { name: 'Back' }).click();
    await lower.waitFor({ state: 'detached' });
    const again = await open(page, 'Below');
    await again.getByRole('button', { name: 'Close' }).click();
    await again.waitFor({ state: 'detached' });
    expect(submitted).toEqual(['above']);
  });

  test('belong to one person, in all of their tabs', async () => {
    const { app, tab, post, simulator } = await scene(browser);
    await opening(app, post, modal('For alice', [section('Only hers')]));
    const [alice, again, bob] = [await tab('alice'), await tab('alice'), await tab('bob')];
    await alice.bringToFront();
    await open(alice, 'For alice');
    await again.getByRole('dialog', { name: 'For alice' }).waitFor();
    await post('meanwhile');
    await bob.getByText('meanwhile').waitFor();
    expect(await bob.getByRole('dialog').count()).toBe(0);
    await simulator.close('U0ALICE');
    for (const page of [alice, again]) await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('a submission that fails is told, and nothing is lost', async () => {
    const { app, tab, post, misdirect } = await scene(browser);
    const blocks = [input('reason', 'Reason', { type: 'plain_text_input' })];
    await opening(app, post, modal('A form', blocks, { callback_id: 'form' }));
    const page = await tab('alice');
    const form = await open(page, 'A form');
    await form.getByLabel('Reason').fill('kept');
    misdirect();
    await page.keyboard.press('Enter');
    await form
      .getByRole('alert')
      .getByText(/^The app answered with status 404/)
      .waitFor();
    expect(await form.getByLabel('Reason').inputValue()).toBe('kept');
  });
});

type Held = Readonly<Record<string, Readonly<Record<string, { readonly value?: string }>>>>;
