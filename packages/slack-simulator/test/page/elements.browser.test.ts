import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { actions, button, markdown, option, plain, section } from '../page-support/blocks.ts';
import { launchChromium, whyNoBrowser } from '../page-support/chromium.ts';
import { scene } from '../page-support/scene.ts';

const suite = whyNoBrowser() === null ? describe : describe.skip;

suite('buttons, boxes and menus on the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  test('checkboxes keep what each person selected', async () => {
    const { app, tab, post } = await scene(browser);
    const seen: unknown[] = [];
    app.action('acknowledge', async ({ ack, body, action }) => {
      await ack();
      const { selected_options: selected } = action as unknown as { selected_options: { value: string }[] };
      seen.push([body.user.id, selected.map(({ value }) => value)]);
    });
    const boxes = {
      type: 'checkboxes',
      action_id: 'acknowledge',
      options: [option('s', 'security'), option('o', 'on-call')],
    };
    await post('Who?', [actions(boxes)]);
    const [alice, bob] = [await tab('alice'), await tab('bob')];
    await alice.getByRole('checkbox', { name: 'security' }).check();
    await bob.getByRole('checkbox', { name: 'on-call' }).check();
    await alice.bringToFront();
    await alice.locator('article:not(:has([aria-busy]))').waitFor();
    await alice.getByRole('checkbox', { name: 'on-call' }).check();
    await alice.locator('article:not(:has([aria-busy]))').waitFor();
    await bob.locator('article:not(:has([aria-busy]))').waitFor();
    expect(await bob.getByRole('checkbox', { name: 'security' }).isChecked()).toBe(false);
    expect(await alice.getByRole('checkbox', { name: 'security' }).isChecked()).toBe(true);
    expect(seen).toEqual(
      expect.arrayContaining([
        ['U0ALICE', ['s']],
        ['U0BOB', ['o']],
        ['U0ALICE', ['s', 'o']],
      ]),
    );
  });

  test('menus, radio buttons and confirmations', async () => {
    const { app, tab, post } = await scene(browser);
    const done: string[] = [];
    app.action(/.*/, async ({ ack, action, client, body }) => {
      await ack();
      const { action_id: id, selected_option: one, selected_options: many } = action as unknown as Chosen;
      done.push(
        `${id} ${[one, many]
          .flat()
          .filter(Boolean)
          .map((each) => each?.value)
          .join(',')}`,
      );
      const channel = (body as { channel?: { id: string } }).channel?.id ?? '';
      await client.chat.postMessage({ channel, text: `done: ${done.at(-1)}` });
    });
    const confirm = {
      title: plain('Sure?'),
      text: markdown('This is *final*'),
      confirm: plain('Do it'),
      deny: plain('No'),
    };
    const options = [option('a', 'Apple'), option('b', 'Banana')];
    await post('Choose', [
      actions(
        { type: 'overflow', action_id: 'more', options },
        { type: 'radio_buttons', action_id: 'radio', options },
        { type: 'static_select', action_id: 'one', placeholder: plain('Pick one'), options },
        {
          type: 'multi_static_select',
          action_id: 'many',
          placeholder: plain('Pick some'),
          option_groups: [{ label: plain('Fruit'), options }],
        },
        button('danger', 'Delete', { style: 'danger', confirm }),
      ),
    ]);
    const page = await tab('alice');
    const first = page.getByRole('article').first();
    await first.getByRole('button', { name: 'More actions' }).click();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('done: more b').waitFor();
    await first.getByRole('radio', { name: 'Apple' }).check();
    await page.getByText('done: radio a').waitFor();
    await first.getByRole('combobox', { name: 'Pick one' }).selectOption('Banana');
    await page.getByText('done: one b').waitFor();
    await first.locator('summary', { hasText: 'Pick some' }).click();
    await first.getByRole('checkbox', { name: 'Apple' }).check();
    await first.getByRole('checkbox', { name: 'Banana' }).check();
    await first.locator('summary', { hasText: '2 selected' }).click();
    await page.getByText('done: many a,b').waitFor();

    const dialog = page.getByRole('alertdialog', { name: 'Sure?' });
    await first.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByText('This is final').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await first.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Do it' }).click();
    await page.getByText('done: danger').waitFor();
    expect(done.filter((each) => each.startsWith('danger'))).toHaveLength(1);
  });

  test('a click turns until it is answered, and its failure is shown', async () => {
    const { app, tab, post, simulator, misdirect } = await scene(browser);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    app.action('approve', async ({ ack }) => {
      await held;
      await ack();
    });
    await post('Deploy?', [actions(button('approve', 'Approve'))]);
    const page = await tab('alice');
    const approve = page.getByRole('button', { name: 'Approve' });
    await approve.click();
    await page.locator('button[aria-busy=true]', { hasText: 'Approve' }).waitFor();
    release();
    await page.locator('button:not([aria-busy])', { hasText: 'Approve' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    misdirect();
    await approve.click();
    await page
      .getByRole('alert')
      .getByText(/^The app answered with status 404/)
      .waitFor();
    simulator.deliverTo('http://127.0.0.1:9/');
    await approve.click();
    await page
      .getByRole('alert')
      .getByText(/^The app did not answer/)
      .waitFor();
  });

  test('the keyboard is enough, and keeps its place when a message is drawn anew', async () => {
    const { app, tab, post } = await scene(browser);
    let clicks = 0;
    app.action('approve', async ({ ack, respond }) => {
      await ack();
      clicks += 1;
      const blocks = [
        section(`${clicks} clicks`),
        { ...actions(button('approve', 'Approve')), block_id: `row${clicks}` },
      ];
      await respond({ text: 'x', blocks, replace_original: true } as Parameters<typeof respond>[0]);
    });
    await post('Deploy?', [actions(button('approve', 'Approve'))]);
    const page = await tab('alice');
    await page.getByRole('button', { name: 'Approve' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('1 clicks').waitFor();
    await page.locator('button:focus', { hasText: 'Approve' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('2 clicks').waitFor();
  });
});

interface Chosen {
  readonly action_id: string;
  readonly selected_option?: { readonly value: string };
  readonly selected_options?: readonly { readonly value: string }[];
}
