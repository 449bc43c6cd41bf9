import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { actions, button, markdown, option, plain, section } from '../page-support/blocks.ts';
import { launchChromium, whyNoBrowser } from '../page-support/chromium.ts';
import { scene } from '../page-support/scene.ts';

const suite = whyNoBrowser() === null ? describe : describe.skip;

suite('messages on the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  test('are drawn from their blocks', async () => {
    const { tab, post } = await scene(browser);
    const page = await tab('alice');
    await post('Deploy', [
      { type: 'header', text: plain(':rocket: Deploy to production') },
      section('*bold* _italic_ ~struck~ `code` <https://a.example/|a link> by <@U0BOB>'),
      section('```{"a": 1}```'),
      {
        type: 'section',
        fields: [markdown('*Reason*\nrelease 7'), markdown('*Until*\n<!date^1767310200^{date_num}|then>')],
      },
      { type: 'divider' },
      { type: 'context', elements: [markdown('1 of 2 sre')] },
      { type: 'image', image_url: 'https://a.example/a.png', alt_text: 'a chart' },
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_list',
            style: 'bullet',
            elements: [
              {
                type: 'rich_text_section',
                elements: [{ type: 'text', text: 'listed', style: { bold: true } }],
              },
            ],
          },
        ],
      },
    ]);
    const message = page.getByRole('article');
    await message.getByRole('heading', { name: '🚀 Deploy to production' }).waitFor();
    await message.locator('strong', { hasText: /^bold$/ }).waitFor();
    await message.locator('em', { hasText: 'italic' }).waitFor();
    await message.locator('s', { hasText: 'struck' }).waitFor();
    await message.locator('code', { hasText: /^code$/ }).waitFor();
    await message.locator('pre', { hasText: '{"a": 1}' }).waitFor();
    await message.locator('.mention', { hasText: '@bob' }).waitFor();
    const link = message.getByRole('link', { name: 'a link' });
    expect(await link.getAttribute('href')).toBe('https://a.example/');
    expect(await link.getAttribute('rel')).toContain('noopener');
    await message.locator('.fields').getByText('release 7').waitFor();
    // In the zone of its reader: in UTC it is still the day before.
    await message.locator('time[title=then]', { hasText: '2026-01-02' }).waitFor();
    await message.getByRole('separator').waitFor();
    await message.locator('.context', { hasText: '1 of 2 sre' }).waitFor();
    await message.getByRole('img', { name: 'a chart' }).waitFor();
    await message.getByRole('listitem').locator('strong', { hasText: 'listed' }).waitFor();
  });

  test('hostile text is only text', async () => {
    const { tab, post } = await scene(browser);
    const hostile = `<img src=x onerror=alert(1)><script>alert(2)</script> <javascript:alert(3)|click>`;
    const page = await tab('alice');
    await post(hostile, [
      { type: 'header', text: plain(hostile) },
      section(hostile, {
        accessory: { type: 'overflow', action_id: 'o', options: [option('a', 'x'), option('b', '<b>y</b>')] },
      }),
      { type: 'section', fields: [plain(hostile)] },
      { type: 'context', elements: [markdown(hostile)] },
      actions(button('b', '<b onclick=alert(4)>go</b>', { url: 'javascript:alert(5)' })),
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [{ type: 'link', url: 'javascript:alert(6)', text: 'rich' }],
          },
        ],
      },
    ]);
    const message = page.getByRole('article');
    await message.getByRole('heading', { name: hostile }).waitFor();
    await message.locator('.context', { hasText: '<script>alert(2)</script>' }).waitFor();
    await message.getByText('rich', { exact: true }).waitFor();
    await message.getByRole('button', { name: '<b onclick=alert(4)>go</b>' }).waitFor();
    expect(await message.locator('img, script, a, [onerror], [onclick]').count()).toBe(0);
  });

  test('are changed in place, under the hands of two people', async () => {
    const { app, tab, post } = await scene(browser);
    const approvals: string[] = [];
    app.action('approve', async ({ ack, body, respond }) => {
      await ack();
      approvals.push(body.user.id);
      const text = `Approved by ${approvals.map((id) => `<@${id}>`).join(' and ')}`;
      const blocks = [
        section(text),
        ...(approvals.length < 2 ? [actions(button('approve', 'Approve'))] : []),
      ];
      await respond({ text, blocks, replace_original: true } as Parameters<typeof respond>[0]);
    });
    await post('Deploy?', [section('Deploy?'), actions(button('approve', 'Approve', { style: 'primary' }))]);
    const [alice, bob] = [await tab('alice'), await tab('bob')];
    await alice.getByRole('button', { name: 'Approve' }).click();
    await alice.getByText('Approved by @alice').waitFor();
    await bob.getByText('Approved by @alice').waitFor();
    await bob.getByRole('button', { name: 'Approve' }).click();
    for (const page of [alice, bob]) {
      await page.getByText('Approved by @alice and @bob').waitFor();
      await page.getByText('(edited)').waitFor();
      expect(await page.getByRole('article').count()).toBe(1);
      expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    }
  });

  test('ephemeral ones are for one person only', async () => {
    const { app, tab, post } = await scene(browser);
    app.action('approve', async ({ ack, respond }) => {
      await ack();
      await respond({
        text: 'Not done: you asked for it yourself',
        response_type: 'ephemeral',
        replace_original: false,
      });
    });
    await post('Deploy?', [actions(button('approve', 'Approve'))]);
    const [alice, bob] = [await tab('alice'), await tab('bob')];
    await alice.getByRole('button', { name: 'Approve' }).click();
    const refusal = alice.getByRole('article').filter({ hasText: 'Only visible to you' });
    await refusal.getByText('Not done: you asked for it yourself').waitFor();
    await post('and then');
    await bob.getByText('and then').waitFor();
    expect(await bob.getByText('Not done').count()).toBe(0);
  });

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

  test('replies stand under their message; unread ones are counted elsewhere', async () => {
    const { tab, post, client } = await scene(browser);
    const root = await post('Deploy?');
    await post('alice approved', undefined, { thread_ts: root });
    await client.chat.postMessage({ channel: '#other', text: 'one' });
    await client.chat.postMessage({ channel: 'U0ALICE', text: 'for *alice*' });
    const page = await tab('alice');
    await page.getByRole('list', { name: 'Replies' }).getByText('alice approved').waitFor();
    await page.getByText('1 reply').waitFor();
    await page.getByRole('button', { name: '# other, 1 unread' }).click();
    await page.getByRole('heading', { name: '# other' }).waitFor();
    await page.getByRole('button', { name: '# other', exact: true }).waitFor();
    await page.getByRole('list', { name: 'Direct messages' }).getByRole('button').click();
    await page.locator('strong', { hasText: /^alice$/ }).waitFor();
    await page.getByLabel('You are').selectOption('bob');
    await page.getByRole('heading', { name: '# approvals' }).waitFor();
    expect(await page.getByRole('list', { name: 'Direct messages' }).isVisible()).toBe(false);
    expect(new URL(page.url()).hash).toContain('user=U0BOB');
    await page.reload();
    expect(await page.getByLabel('You are').inputValue()).toBe('U0BOB');
  });

  test('more tabs than a browser keeps connections, and the one that listened for all goes', async () => {
    const { tab, post } = await scene(browser);
    const pages = [await tab('alice')];
    while (pages.length < 8) pages.push(await tab('bob'));
    await post('to all');
    for (const page of pages) await page.getByText('to all').waitFor();
    await pages.shift()?.close();
    await post('to the rest');
    for (const page of pages) await page.getByText('to the rest').waitFor();
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
