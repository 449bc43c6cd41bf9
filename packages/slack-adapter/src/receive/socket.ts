import { setTimeout as sleep } from 'node:timers/promises';
import { type App, type Logger, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import type { SlackSignals } from '../types.ts';
import { answering, type Processor } from './answered.ts';
import { withoutSecrets } from './bolt-logger.ts';
import type { Received } from './received.ts';
import { LATE, within } from './within.ts';

export interface SocketOptions {
  /** Newest first; the next one is tried where Slack does not take one. */
  readonly appTokens: readonly string[];
  readonly clientOptions: WebClientOptions;
  readonly logger: Logger;
  readonly signals: SlackSignals;
  /** First and longest pause after a connection that could not be made. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
}

export interface SocketReceiver extends Receiver {
  /** Why nothing can come in; undefined while a connection stands, and before the first was tried. */
  readonly trouble: string | undefined;
}

type SocketClient = SocketModeReceiver['client'];

const HELLO_MS = 15_000;
const GOODBYE_MS = 1000;

/**
 * Receives calls of Slack over a connection that this side opens (Socket Mode), and keeps one open. Bolt's own
 * reconnection is off: it gives up on the first failure of the network, with a rejection that nobody hears.
 * Nothing is signed here; that a call comes from Slack rests on the app token.
 */
export function createSocketReceiver(options: SocketOptions): SocketReceiver {
  const { appTokens, logger, signals, retryMs, maxRetryMs } = options;
  const stopping = new AbortController();
  let processor: Processor | undefined;
  let keeping: Promise<void> | undefined;
  let trouble: string | undefined;

  function connection(appToken: string): SocketModeReceiver {
    const receiver = new SocketModeReceiver({
      appToken,
      logger,
      autoReconnectEnabled: false,
      // Bolt writes into them.
      installerOptions: { clientOptions: { ...options.clientOptions } },
      customPropertiesExtractor: () => ({ received: receivedNow() }),
      async processEventErrorHandler({ error }) {
        logger.error('a call of Slack could not be read', error);
        return false;
      },
    });
    hearOut(receiver.client, logger);
    if (processor) receiver.init(answering(processor) as App);
    return receiver;
  }

  /** Opens one connection after another until it is stopped. */
  async function keepOpen(): Promise<void> {
    let failures = 0;
    for (let token = 0; !stopping.signal.aborted; ) {
      const { client } = connection(appTokens[token % appTokens.length] as string);
      const closed = new Promise<void>((resolve) => client.once('disconnected', () => resolve()));
      try {
        await greeted(client);
        trouble = undefined;
        const began = performance.now();
        await orAborted(closed, stopping.signal);
        // One that Slack ends at once, again and again, is no better than none.
        failures = performance.now() - began < retryMs ? failures + 1 : 0;
      } catch (error) {
        failures += 1;
        token += 1;
        const problem = new Error(withoutSecrets([error]));
        trouble = `Socket Mode is not connected: ${problem.message}`;
        signals.failed?.({ what: 'connecting to Slack in Socket Mode', error: problem });
      }
      await close(client, closed);
      if (failures === 0) continue;
      const pauseMs = Math.min(maxRetryMs, retryMs * 2 ** (failures - 1));
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(whenAborted);
    }
  }

  return {
    init(app) {
      processor = app;
    },
    async start() {
      keeping ??= keepOpen();
    },
    async stop() {
      stopping.abort();
      await keeping;
    },
    get trouble() {
      return trouble;
    },
  };
}

/** A frame that Bolt's client cannot read rejects with nobody to hear it, which would end the process: here it is told. */
function hearOut(client: SocketClient, logger: Logger): void {
  const readers = client.listeners('ws_message');
  client.removeAllListeners('ws_message');
  for (const read of readers) {
    client.on('ws_message', async (...frame: unknown[]) => {
      try {
        await read(...frame);
      } catch (error) {
        logger.error('a frame of Slack could not be read', error);
      }
    });
  }
}

function receivedNow(): Received {
  return { verdict: Promise.resolve('fresh'), at: performance.now() };
}

/** @throws Error when Slack refuses, cannot be reached, or does not greet */
async function greeted(client: SocketClient): Promise<void> {
  const hello = client.start().catch((error: unknown) => {
    throw error ?? new Error('the connection ended before Slack greeted');
  });
  // It may still fail after it was given up.
  hello.catch(() => {});
  if ((await within(hello, HELLO_MS)) === LATE) throw new Error('Slack did not greet in time');
}

/** The first goodbye waits for Slack's; the second does not. */
async function close(client: SocketClient, closed: Promise<void>): Promise<void> {
  for (let goodbye = 0; goodbye < 2; goodbye++) {
    client.disconnect().catch(() => {});
    if ((await within(closed, GOODBYE_MS)) !== LATE) return;
  }
}

/** Resolves when the work does, or when it is called off. */
async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let calledOff = () => {};
  const off = new Promise<void>((resolve) => {
    calledOff = resolve;
  });
  signal.addEventListener('abort', calledOff);
  try {
    if (!signal.aborted) await Promise.race([work, off]);
  } finally {
    signal.removeEventListener('abort', calledOff);
  }
}

function whenAborted(error: Error): void {
  if (error.name !== 'AbortError') throw error;
}
