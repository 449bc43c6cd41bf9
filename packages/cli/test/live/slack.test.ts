import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium, whyNoBrowser } from '../../../slack-simulator/test/page-support/chromium.ts';
import { post, removeDir, type Server, serve, tempDir, until } from './support.ts';

/** A development server as a newcomer starts it, its simulated Slack in a real browser, several people in tabs. */

const suite = whyNoBrowser() === null ? describe : describe.skip;

interface Asked {
  readonly requestId: string;
  readonly token: string;
}
interface State {
  readonly status: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly approvers: readonly { readonly sub: string; readonly via: string }[];
}

suite('deciding in the simulated Slack', () => {
  let browser: Browser;
  let context: BrowserContext;
  let server: Server;
  let simulator: string;
  const dir = tempDir();

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchChromium(), serve(dir, { SIMULATOR_PORT: '0' })]);
    [, simulator = ''] = /slack {3}(\S+) \(simulated/.exec(server.text.err) ?? [];
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US' });
    context.setDefaultTimeout(10_000);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
    removeDir(dir);
  });

  const ask = (action: string, params: object) =>
    post<Asked>(server, 'ci', '/api/guard/request', { action, params, justification: 'release day' });

  async function state({ token }: Asked): Promise<State> {
    const url = `${server.url}/api/guard/wait?token=${token}&timeoutSec=0`;
    return (await (await fetch(url)).json()) as State;
  }

  async function tabOf(user: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${simulator}/#user=U0${user.toUpperCase()}`);
    return page;
  }

  const messageOf = (page: Page, { requestId }: Asked) =>
    page.getByRole('article').filter({ hasText: requestId });

  test('asked by API, acknowledged, edited and approved by clicks, seen everywhere', async () => {
    const asked = await ask('deploy.production', { version: '1.4.2', canary: 10 });
    const bob = await tabOf('bob');
    const message = messageOf(bob, asked);
    await message.getByText('waits for acknowledgement').waitFor();
    expect(await message.getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0);

    await message.getByRole('checkbox', { name: 'on-call' }).click();
    await message.getByRole('button', { name: 'Approve', exact: true }).waitFor();

    await message.getByRole('button', { name: 'Edit and approve' }).click();
    const dialog = bob.getByRole('dialog');
    await dialog.getByLabel('canary').fill('250');
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await dialog.getByText(/100/).first().waitFor();
    expect(await state(asked)).toMatchObject({ status: 'pending', approvers: [] });

    await dialog.getByLabel('canary').fill('25');
    await dialog.getByLabel('version').fill('1.4.3');
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await dialog.waitFor({ state: 'detached' });
    await message.getByText('"1.4.3"').first().waitFor();
    await until(async () => (await state(asked)).approvers.length === 1);

    const carol = await tabOf('carol');
    await messageOf(carol, asked).getByRole('button', { name: 'Approve', exact: true }).click();
    await until(async () => (await state(asked)).status === 'approved');
    expect(await state(asked)).toMatchObject({
      params: { version: '1.4.3', canary: 25 },
      approvers: [
        { sub: 'bob', via: 'slack' },
        { sub: 'carol', via: 'slack' },
      ],
    });
    for (const page of [bob, carol]) {
      await messageOf(page, asked)
        .getByRole('heading', { name: /approved/ })
        .waitFor();
      expect(
        await messageOf(page, asked)
          .getByRole('button', { name: /Approve|Deny/ })
          .count(),
      ).toBe(0);
    }
    await bob.close();
    await carol.close();
  });

  test('who may not is told so privately, and it is on the record', async () => {
    const asked = await ask('environment.create', { name: 'qa', region: 'eu', owner: 'alice' });
    const [guest, bob] = [await tabOf('guest'), await tabOf('bob')];
    await messageOf(guest, asked).getByRole('button', { name: 'Approve', exact: true }).click();
    await guest.getByText('Only visible to you').first().waitFor();
    await guest
      .getByText(/Not done/)
      .first()
      .waitFor();
    await messageOf(bob, asked).waitFor();
    expect(await bob.getByText(/Not done/).count()).toBe(0);
    expect(await state(asked)).toMatchObject({ status: 'pending', approvers: [] });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('security_events_total{type="unauthorized_attempt"} 1');
    await guest.close();
    await bob.close();
  });

  test('a denial asks for a reason, and closing the form means nothing', async () => {
    const asked = await ask('environment.create', { name: 'qa2', region: 'eu', owner: 'alice' });
    const dan = await tabOf('dan');
    const message = messageOf(dan, asked);
    await message.getByRole('button', { name: 'Deny' }).click();
    const dialog = dan.getByRole('dialog');
    await dialog
      .getByRole('button', { name: /Close|Cancel|Back/ })
      .first()
      .click();
    await dialog.waitFor({ state: 'detached' });
    expect(await state(asked)).toMatchObject({ status: 'pending' });

    await message.getByRole('button', { name: 'Deny' }).click();
    await dan.getByRole('dialog').getByRole('textbox').fill('not on a Friday');
    await dan.getByRole('dialog').getByRole('button', { name: 'Deny' }).click();
    await until(async () => (await state(asked)).status === 'denied');
    await message.getByRole('heading', { name: /denied/ }).waitFor();
    await dan
      .getByText(/not on a Friday/)
      .first()
      .waitFor();
    await dan.close();
  });

  test('silence escalates in the thread and in the channel it names, and expires', async () => {
    const asked = await ask('smoke.expire', {});
    const erin = await tabOf('erin');
    const message = messageOf(erin, asked);
    await message.getByRole('heading', { name: /expired/ }).waitFor();
    await erin
      .getByText(/[Ee]scalat/)
      .first()
      .waitFor();
    await erin
      .getByRole('link', { name: /sre/ })
      .or(erin.getByRole('button', { name: /sre/ }))
      .first()
      .click();
    await erin
      .getByText(/smoke\.expire/)
      .first()
      .waitFor();
    await erin.close();
  });
});
