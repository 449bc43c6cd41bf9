import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchChromium, whyNoBrowser } from '../../../slack-simulator/test/page-support/chromium.ts';
import { post, removeDir, type Server, serve, tempDir, until } from './support.ts';

/** The simulated Slack of a development server goes on where it ended, as the requests in the ledger do. */

const suite = whyNoBrowser() === null ? describe : describe.skip;

suite('a development server that is started again', () => {
  let browser: Browser;
  let server: Server | undefined;
  let dir: string;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(() => {
    dir = tempDir();
  });
  afterEach(async () => {
    await server?.stop();
    removeDir(dir);
  });

  const file = () => join(dir, 'ledger.db.slack');
  const start = async () => {
    server = await serve(dir, { SIMULATOR_PORT: '0' });
    return server;
  };
  const ask = (to: Server) =>
    post<{ requestId: string }>(to, 'ci', '/api/guard/request', {
      action: 'environment.create',
      params: { name: 'qa', region: 'eu', owner: 'alice' },
    });
  const isKept = (text: string) => {
    try {
      return readFileSync(file(), 'utf8').includes(text);
    } catch {
      return false;
    }
  };

  /** Decides about the request by a click on the message that stood there before. */
  async function approveAsBob({ text, url }: Server, requestId: string): Promise<void> {
    const [, simulator] = /slack {3}(\S+) \(simulated/.exec(text.err) ?? [];
    const page = await browser.newPage();
    await page.goto(`${simulator}/#user=U0BOB`);
    const message = page.getByRole('article').filter({ hasText: requestId });
    await message.getByRole('button', { name: 'Approve', exact: true }).click();
    await message.getByRole('heading', { name: /approved/ }).waitFor();
    await page.close();
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({
      checks: { slack: { status: 'ok' } },
    });
  }

  test('after it was stopped: what waits can still be clicked', async () => {
    const first = await start();
    const { requestId } = await ask(first);
    await until(() => first.text.out.includes('slack.posted'));
    await first.stop();
    expect(isKept(requestId)).toBe(true);
    expect(statSync(file()).mode & 0o077).toBe(0);
    await approveAsBob(await start(), requestId);
  });

  test('after it was killed', async () => {
    const first = await start();
    const { requestId } = await ask(first);
    await until(() => isKept(requestId));
    first.process.kill('SIGKILL');
    await first.ended;
    await approveAsBob(await start(), requestId);
  });

  test('with a file that is of no use: anew, and says so', async () => {
    writeFileSync(file(), '{"channels": 1}');
    const { text } = await start();
    expect(text.out).toContain('the simulated Slack begins anew');
  });
});
