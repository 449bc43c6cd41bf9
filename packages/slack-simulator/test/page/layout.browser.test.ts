import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, whyNoBrowser } from '../page-support/chromium.ts';
import { scene } from '../page-support/scene.ts';

const suite = whyNoBrowser() === null ? describe : describe.skip;

suite('the page as a whole', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  test('fills the window, whether little is said or much', async () => {
    const { tab, post } = await scene(browser);
    const page = await tab('alice');
    await page.setViewportSize({ width: 1200, height: 800 });
    expect(await heights(page)).toEqual({ sidebar: 800, main: 800 });

    for (let line = 0; line < 30; line++) await post(`line ${line}`);
    await page.getByText('line 29').waitFor();
    expect(await heights(page)).toEqual({ sidebar: 800, main: 800 });
  });

  test('scrolls sideways nowhere on a phone, however many channels there are', async () => {
    const { tab, client } = await scene(browser);
    const page = await tab('alice');
    await page.setViewportSize({ width: 390, height: 844 });
    for (let n = 0; n < 6; n++)
      await client.chat.postMessage({ channel: `a-channel-of-many-${n}`, text: 'hi' });
    await client.chat.postMessage({ channel: 'U0ALICE', text: 'direct' });
    await page.getByText('Direct messages').waitFor({ state: 'attached' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });
});

async function heights(page: Page): Promise<Record<'sidebar' | 'main', number>> {
  const heightOf = async (selector: string) => (await page.locator(selector).boundingBox())?.height ?? 0;
  return { sidebar: await heightOf('.sidebar'), main: await heightOf('main') };
}
