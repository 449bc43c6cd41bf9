import type { Metrics } from '@countersign/api';
import {
  type Clock,
  createReplayGuard,
  createSlackDeliveries,
  type Ledger,
  type PolicyRegister,
} from '@countersign/application';
import type { EventStore } from '@countersign/event-store';
import type { Projections } from '@countersign/projections';
import type { SlackAdapter, SlackCredentials, SlackSignals } from '@countersign/slack-adapter';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Closers } from './closers.ts';
import { listOf } from './credentials.ts';
import { startSimulatedSlack } from './simulator.ts';
import { tellOfSlackHealth } from './slack-health.ts';

export interface ConnectedSlack {
  readonly adapter: SlackAdapter;
  /** Page of the simulated workspace; null with a real one. */
  readonly simulatorUrl: string | null;
  /** Begins to post; the server's own address is where a simulated workspace sends clicks. */
  begin(serverUrl: string): Promise<void>;
}

interface Parts {
  readonly config: Config;
  readonly ledger: Ledger;
  readonly policies: PolicyRegister;
  readonly store: EventStore;
  readonly projections: Projections;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Slack, or a simulated one, as the configuration says; null where there is none. */
export async function connectSlack(parts: Parts, closers: Closers): Promise<ConnectedSlack | null> {
  const { config, ledger, policies, store, projections, clock, metrics, logger } = parts;
  if (config.slackMode === 'off') return null;
  const simulator = config.slackMode === 'simulated' ? await startSimulatedSlack(config, logger) : null;
  if (simulator) closers.add('the simulated Slack', () => simulator.stop());
  // Loaded only here: a server without Slack starts faster.
  const { createSlackAdapter } = await import('@countersign/slack-adapter');
  const adapter = createSlackAdapter({
    ...{ ledger, policies, projections, clock },
    deliveries: createSlackDeliveries({ store, clock }),
    replays: createReplayGuard({ store, clock }),
    credentials: simulator
      ? { botTokens: [simulator.botToken], signingSecrets: [simulator.signingSecret], appTokens: [] }
      : credentialsOf(config),
    apiUrl: simulator?.apiUrl ?? config.slackApiUrl,
    matchEmail: config.slackEmailMatch,
    coalesce: config.slackUpdateQueue,
    consoleUrl: config.consoleUrl,
    signals: slackSignals(metrics, logger),
  });
  closers.add('the Slack adapter', () => adapter.stop());
  return {
    adapter,
    simulatorUrl: simulator?.url ?? null,
    begin(serverUrl) {
      simulator?.deliverTo(`${serverUrl}/slack/events`);
      closers.add("looking at Slack's health", tellOfSlackHealth(adapter.health, logger));
      return adapter.start();
    },
  };
}

function credentialsOf({ slackBotToken, slackSigningSecret, slackAppToken }: Config): SlackCredentials {
  return {
    botTokens: listOf(slackBotToken),
    signingSecrets: listOf(slackSigningSecret),
    appTokens: listOf(slackAppToken),
  };
}

/** Every label value that was ever counted stays in memory, and whoever answers in Slack's place chooses them. */
const MAX_RESULTS = 100;

export function slackSignals({ defined, securityEvent }: Metrics, logger: Logger): SlackSignals {
  const results = new Set<string>();
  const known = (result: string) => {
    if (results.size < MAX_RESULTS) results.add(result);
    return results.has(result) ? result : 'other';
  };
  return {
    called: ({ method, result }) => defined.slackRequests.inc({ method, result: known(result) }),
    rateLimited({ method, channel, retryAfterSec }) {
      defined.slackRateLimited.inc({ method });
      logger.warn({ scope: 'slack.rate_limited', method, channel, retryAfterSec });
    },
    posted({ requestId, seconds }) {
      defined.slackRoundtrip.observe(seconds);
      logger.info({ scope: 'slack.posted', requestId, seconds });
    },
    givenUp: ({ requestId, key, error }) =>
      logger.error({ scope: 'slack.given_up', requestId, item: key, error }),
    refused(type) {
      securityEvent(type);
      logger.warn({ scope: type, from: 'slack' });
    },
    failed: ({ what, error }) => logger.error({ scope: 'slack.failed', what, err: error }),
  };
}
