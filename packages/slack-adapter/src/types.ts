import type { Clock, Ledger, PolicyRegister, ReplayGuard, SlackDeliveries } from '@countersign/application';
import type { Projections } from '@countersign/projections';
import type { RequestHandler } from 'express';

/** Everything the adapter stands on, made elsewhere and given as values. */
export interface SlackAdapterOptions {
  readonly ledger: Ledger;
  readonly policies: PolicyRegister;
  readonly deliveries: SlackDeliveries;
  readonly replays: ReplayGuard;
  readonly projections: Pick<Projections, 'slack' | 'onAdvanced'>;
  readonly clock: Clock;
  readonly credentials: SlackCredentials;
  /** Another address of the Web API; default Slack's. */
  readonly apiUrl?: string | undefined;
  /** People who are not in the policy's `people` by Slack id are looked for by their e-mail address; default false. */
  readonly matchEmail?: boolean;
  /** Updates of one message wait a moment for more; default true. */
  readonly coalesce?: boolean;
  /** Messages link to `<consoleUrl>/requests/<id>`. */
  readonly consoleUrl?: string | undefined;
  readonly signals?: SlackSignals;
  readonly limits?: Partial<SlackLimits>;
}

/** Several of each while one is replaced, newest first. */
export interface SlackCredentials {
  readonly botTokens: readonly string[];
  /** HTTP: checks what comes in. */
  readonly signingSecrets: readonly string[];
  /** Given: Socket Mode instead of HTTP. */
  readonly appTokens: readonly string[];
}

export interface SlackLimits {
  /** How long one call of the Web API may take; default 10,000 ms. */
  readonly callTimeoutMs: number;
  /** How long an instance keeps a request to itself while it tells Slack; default 45,000 ms. More than two calls. */
  readonly leaseMs: number;
  /** Messages and updates of one channel: so many at once, then so many a second; default 4 and 1. */
  readonly burst: number;
  readonly perSecond: number;
  /** How long updates wait for more, default 250 ms; 0 with `coalesce: false`. */
  readonly coalesceMs: number;
  /** Channels served at a time; default 32. */
  readonly maxLanes: number;
  /** First and longest pause after a call that failed; default 500 ms and 60,000 ms. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
  /** Longest time until Slack is answered, whatever the ledger does; default 2,000 ms. */
  readonly ackMs: number;
  /** Clicks under way at a time; more are answered with "try again"; default 200. */
  readonly maxInFlight: number;
}

/** What this process did in Slack: for metrics and logs. Handlers must be quick and must not throw. */
export interface SlackSignals {
  /** `result`: `ok`, Slack's error code, `rate_limited`, `http_<status>`, `network`, `timeout`. */
  called?(call: { readonly method: string; readonly result: string; readonly seconds: number }): void;
  rateLimited?(limited: {
    readonly method: string;
    readonly channel?: string;
    readonly retryAfterSec: number;
  }): void;
  /** From the request's creation to its message. */
  posted?(posted: { readonly requestId: string; readonly seconds: number }): void;
  givenUp?(item: { readonly requestId: string; readonly key: string; readonly error: string }): void;
  /** What came in was not what it claimed to be. */
  refused?(type: 'bad_signature' | 'stale_signature' | 'replayed_signature'): void;
  failed?(failed: { readonly what: string; readonly error: unknown }): void;
}

export interface SlackHealth {
  /** `degraded`: Slack does not answer, or refuses what no message can do without; or no click can come in. */
  readonly status: 'ok' | 'degraded';
  readonly detail?: string;
}

export interface SlackAdapter {
  /** Express handler for `POST /slack/events`, to be mounted at the root before any body parser; null in Socket Mode. */
  readonly handler: RequestHandler | null;
  /** Begins to post, and to listen in Socket Mode. Resolves without waiting for Slack. */
  start(): Promise<void>;
  health(): SlackHealth;
  /** Takes nothing new, finishes what is under way. */
  stop(): Promise<void>;
}
