import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from '@jest/globals';
import { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Browser, Page } from 'playwright-core';
import type { Simulator } from '../../src/index.ts';
import { alice, atEnd, bob, clientOf, silent, workspace } from '../support/workspace.ts';

/** A workspace, an app in it, and people who have its page open in tabs of one browser. */
export interface Scene {
  readonly simulator: Simulator;
  readonly app: App;
  readonly client: WebClient;
  /** From now on interactions go where the app answers 404. */
  misdirect(): void;
  /** Opens the page as this person. */
  tab(user: 'alice' | 'bob'): Promise<Page>;
  /** Posts to #approvals and gives its ts. */
  post(text: string, blocks?: readonly object[], more?: object): Promise<string>;
}

export const CHANNEL = 'approvals';

/** Everything in it is ended after the test, which fails if a page complained about anything. */
export async function scene(browser: Browser): Promise<Scene> {
  const complaints: string[] = [];
  // What is registered first is done last: everything is ended even when this fails.
  atEnd(() => expect(complaints).toEqual([]));
  const simulator = await workspace();
  const { app, url } = await startApp(simulator);
  const client = clientOf(simulator);
  const context = await browser.newContext({ locale: 'en-US', timezoneId: 'Asia/Tokyo' });
  context.setDefaultTimeout(20_000);
  atEnd(() => context.close());
  const users = { alice, bob };
  return {
    simulator,
    app,
    client,
    misdirect: () => simulator.deliverTo(`${url}/elsewhere`),
    async tab(user) {
      const page = await context.newPage();
      listenTo(page, simulator.url, complaints);
      await page.goto(`${simulator.url}/#user=${users[user].id}`);
      await page.getByLabel('You are').waitFor();
      return page;
    },
    async post(text, blocks, more) {
      const message = { channel: CHANNEL, text, ...(blocks && { blocks }), ...more };
      const { ts } = await client.chat.postMessage(message as Parameters<typeof client.chat.postMessage>[0]);
      return ts ?? '';
    },
  };
}

/** The real Bolt, over HTTP. Handlers are the test's. */
async function startApp(simulator: Simulator): Promise<{ readonly app: App; readonly url: string }> {
  const app = new App({
    token: simulator.botToken,
    signingSecret: simulator.signingSecret,
    logger: silent,
    clientOptions: { slackApiUrl: simulator.apiUrl },
  });
  const server = (await app.start({ port: 0, host: '127.0.0.1' })) as Server;
  atEnd(() => app.stop());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  simulator.deliverTo(`${url}/slack/events`);
  return { app, url };
}

/** Errors and warnings, broken policies among them, and whatever is asked of another server. */
function listenTo(page: Page, own: string, complaints: string[]): void {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== own) complaints.push(`asked for ${request.url()}`);
  });
}
