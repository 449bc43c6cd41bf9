import type { RequestHandler } from 'express';
import { createRespond } from '../actions/answer.ts';
import { createGate } from '../actions/gate.ts';
import { listen } from '../actions/listen.ts';
import { createPeople } from '../people/people.ts';
import type { SlackAdapterOptions, SlackLimits } from '../types.ts';
import type { Web } from '../web/types.ts';
import { clientOptionsOf, createBoltApp } from './app.ts';
import { boltLogger } from './bolt-logger.ts';
import { createHttpReceiver } from './receiver.ts';
import { signed } from './signed.ts';
import { createSocketReceiver } from './socket.ts';
import { within } from './within.ts';

export type InboundDeps = Pick<
  SlackAdapterOptions,
  | 'ledger'
  | 'policies'
  | 'replays'
  | 'clock'
  | 'credentials'
  | 'apiUrl'
  | 'matchEmail'
  | 'consoleUrl'
  | 'signals'
> & {
  readonly web: Pick<Web, 'viewsOpen' | 'viewsUpdate' | 'usersInfo' | 'teamId'>;
  readonly limits: Pick<SlackLimits, 'ackMs' | 'callTimeoutMs' | 'maxInFlight' | 'retryMs' | 'maxRetryMs'>;
};

export interface Inbound {
  /** For `POST /slack/events`, at the root, before any body parser; null in Socket Mode. */
  readonly handler: RequestHandler | null;
  /** Why no click can come in, in words; undefined where one can, or none was waited for yet. */
  readonly trouble: string | undefined;
  /** Begins to listen in Socket Mode. Resolves without waiting for Slack. */
  start(): Promise<void>;
  /** Takes nothing new; resolves once what is under way has ended, or after ten seconds. */
  stop(): Promise<void>;
}

const STOP_MS = 10_000;

/**
 * Everything that comes in from Slack: clicks and forms become commands in the name of whoever sent them.
 * @throws Error when there is neither a signing secret nor an app token, or an empty one
 */
export function createInbound(deps: InboundDeps): Inbound {
  const {
    ledger,
    policies,
    replays,
    clock,
    credentials,
    apiUrl,
    consoleUrl,
    web,
    limits,
    signals = {},
  } = deps;
  const { ackMs, callTimeoutMs, maxInFlight, retryMs, maxRetryMs } = limits;
  const { botTokens, signingSecrets, appTokens } = credentials;
  const isSocket = appTokens.length > 0;
  refuseEmpty(isSocket ? 'app token' : 'signing secret', isSocket ? appTokens : signingSecrets);
  refuseEmpty('bot token', botTokens);

  const logger = boltLogger(signals);
  const clientOptions = clientOptionsOf(apiUrl, callTimeoutMs);
  const guard = signed({ secrets: signingSecrets, replays, clock, signals, ackMs, maxInFlight });
  const socket = isSocket
    ? createSocketReceiver({ appTokens, clientOptions, logger, signals, retryMs, maxRetryMs })
    : null;
  const { receiver, handler } = socket
    ? { receiver: socket, handler: null }
    : createHttpReceiver({ guard, logger });
  const app = createBoltApp({
    ...{ receiver, logger, clientOptions },
    botToken: botTokens[0] as string,
    onError: (error) => signals.failed?.({ what: 'listening to Slack', error }),
  });
  const gate = createGate(maxInFlight);
  const people = createPeople({ policies, web, clock, matchEmail: deps.matchEmail ?? false });
  const respond = createRespond({ apiUrl, signals });
  listen(app, { ledger, policies, people, web, respond, gate, clock, signals, ackMs, consoleUrl });

  return {
    handler,
    get trouble() {
      return socket?.trouble;
    },
    async start() {
      await receiver.start();
    },
    async stop() {
      await receiver.stop();
      await within(gate.close(), STOP_MS);
    },
  };
}

/** An empty secret is one that everybody knows. */
function refuseEmpty(what: string, values: readonly string[]): void {
  if (values.length === 0 || values.some((value) => value.trim() === '')) {
    throw new Error(`Slack needs a ${what} that is not empty`);
  }
}
