import { randomBytes } from 'node:crypto';
import { dispatchSignals } from '@countersign/api';
import {
  type Clock,
  createClosings,
  type Ledger,
  newId,
  type PolicyRegister,
} from '@countersign/application';
import type { Connector } from '@countersign/domain';
import type { EventStore } from '@countersign/event-store';
import { createDispatcher, type Dispatcher, startClosings } from '@countersign/processes';
import { DISPATCHER_KINDS, deadlinesOf, type Projections, ViewUnavailable } from '@countersign/projections';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Closers } from './closers.ts';
import { connectorsFor } from './connectors.ts';

/** One call of a connector may be several requests to its service, each with a time of its own. */
const LIMITS = {
  callTimeoutMs: 60_000,
  leaseMs: 150_000,
  maxTries: 5,
  retryMs: 1000,
  maxRetryMs: 60_000,
  maxConcurrent: 16,
  waitMs: 25_000,
};

/** A development server signs with a secret of its own, so that the example's plan can be looked at and tried. */
export function connectorsOf(config: Config): Promise<readonly Connector[]> {
  if (config.mode !== 'development' || config.webhookSecrets) return connectorsFor(config);
  return connectorsFor({ ...config, webhookSecrets: `whsec_${randomBytes(32).toString('base64')}` });
}

interface Parts {
  readonly ledger: Ledger;
  readonly connectors: readonly Connector[];
  readonly projections: Projections;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Carries out what is approved, from now on. */
export function keepDispatching(parts: Parts, closers: Closers): Dispatcher {
  const { ledger, connectors, projections, clock, logger } = parts;
  const dispatcher = createDispatcher({
    ...{ ledger, connectors, clock },
    projections: {
      deadlines: deadlinesOf(projections.deadlines, DISPATCHER_KINDS),
      onAdvanced: (listener) => projections.onAdvanced(listener),
    },
    instance: newId(),
    limits: LIMITS,
    signals: { broken: unlessBuilding(dispatchSignals(logger).broken) },
  });
  dispatcher.start();
  closers.add('the dispatcher', () => dispatcher.stop());
  return dispatcher;
}

/** Tells whoever waits outside what was decided, from now on. */
export function keepTelling(
  parts: Parts & { readonly store: EventStore; readonly policies: PolicyRegister },
  closers: Closers,
): void {
  const { ledger, connectors, projections, clock, logger, store, policies } = parts;
  const closings = startClosings({
    ...{ ledger, connectors, projections, clock, policies },
    closings: createClosings({ store, clock }),
    instance: newId(),
    limits: { callTimeoutMs: 60_000, leaseMs: 200_000, maxConcurrent: 32, maxPerReceiver: 4 },
    signals: {
      called: ({ outcome, requestId, connector, error, retryAt, ...called }) => {
        const level = outcome === 'succeeded' ? 'info' : outcome === 'failed' ? 'warn' : 'error';
        const facts = { requestId, connector, call: called.call, try: called.try, error, retryAt };
        logger[level]({ scope: `closing.${outcome}`, ...facts });
      },
      broken: unlessBuilding(({ what, error: err }) => logger.error({ scope: 'closing.broken', what, err })),
    },
  });
  closers.add('calls that tell of decisions', () => closings.stop());
}

interface Broken {
  readonly what: string;
  readonly error: unknown;
}

/** While a view is being built there is nothing to read: it is looked at again by itself. */
function unlessBuilding(tell: (broken: Broken) => void): (broken: Broken) => void {
  return (broken) => {
    if (!(broken.error instanceof ViewUnavailable)) tell(broken);
  };
}
