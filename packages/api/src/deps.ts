import type {
  Clock,
  Ledger,
  PolicyBundle,
  PolicyRegister,
  RequestKeys,
  Secrets,
} from '@countersign/application';
import type { EventStore } from '@countersign/event-store';
import type { LiveFeed, Projections } from '@countersign/projections';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { AuthOptions } from './auth/options.ts';
import type { PlanDispatcher } from './dispatcher.ts';
import type { GitHubConnection } from './github/connection.ts';
import type { Metrics } from './metrics/index.ts';
import type { StreamLimits } from './streams/limits.ts';

export interface RateLimit {
  /** Requests at once; each address has its own bucket. */
  readonly capacity: number;
  readonly refillPerSec: number;
}

export interface ApiLimits {
  /** Largest body, in bytes. */
  readonly bodyBytes: number;
  /** How long a body may take to arrive. */
  readonly bodyTimeoutMs: number;
  /** How long a list waits for `minPosition`. */
  readonly positionWaitMs: number;
  /** How long whoever dispatches waits for the end, unless they say otherwise. */
  readonly dispatchWaitMs: number;
}

export const DEFAULT_LIMITS: ApiLimits = {
  bodyBytes: 256 * 1024,
  bodyTimeoutMs: 10_000,
  positionWaitMs: 5_000,
  dispatchWaitMs: 25_000,
};

/** What connects this server to Slack, as far as it goes over HTTP. */
export interface SlackConnection {
  /** Takes `POST /slack/events`, body and all; null where Slack is reached another way. */
  readonly handler: RequestHandler | null;
  health(): { readonly status: 'ok' | 'degraded'; readonly detail?: string };
}

/** Everything the API stands on, made elsewhere and given as values. */
export interface ApiDeps {
  readonly ledger: Ledger;
  readonly policies: PolicyRegister;
  readonly store: EventStore;
  readonly projections: Projections;
  readonly feed: LiveFeed;
  readonly secrets: Secrets;
  readonly keys: RequestKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly auth: AuthOptions;
  /** `ADMIN_TOKEN`: any of these opens `/api/admin`; none closes it. */
  readonly adminTokens: readonly string[];
  /** `METRICS_TOKEN`: any of these opens `/metrics`; none leaves it open. */
  readonly metricsTokens: readonly string[];
  /** Reads the policy file and its schemas anew, for a reload. Rejects when a file cannot be read. */
  readonly readPolicy: () => Promise<PolicyBundle>;
  /** As express takes it: a number of proxies, addresses, or false. */
  readonly trustProxy: boolean | number | string;
  /** On creating requests; absent, or a capacity of 0: unlimited. */
  readonly rateLimit?: RateLimit | undefined;
  readonly limits: ApiLimits;
  /** What differs from the defaults. */
  readonly streamLimits?: Partial<StreamLimits> | undefined;
  /** Absent on a server that Slack is not connected to. */
  readonly slack?: SlackConnection | undefined;
  /** Absent on a server that carries nothing out; it takes requests with plans all the same. */
  readonly dispatcher?: PlanDispatcher | undefined;
  /** Absent on a server that GitHub does not call. */
  readonly github?: GitHubConnection | undefined;
  /** Aborted when the server begins to shut down: long polls answer at once, streams end. */
  readonly closing: AbortSignal;
}
