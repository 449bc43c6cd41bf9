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
});
