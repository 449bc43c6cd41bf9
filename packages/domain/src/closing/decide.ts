import type { JsonObject } from '../canonical/json.ts';
import { boundedError, boundedResult } from '../dispatch/bounds.ts';
import type { ClosingCall } from './calls.ts';
import type { ClosingEvent, ClosingEventOf } from './events.ts';
import type { ClosingState } from './state.ts';

/** An instance wants to make a call. Times are RFC 3339, UTC, milliseconds. */
export interface StartClosing {
  readonly requestId: string;
  readonly tenant: string;
  readonly now: string;
  readonly call: Pick<ClosingCall, 'call' | 'connector' | 'operation' | 'idempotencyKey'>;
  /** One id for each start of a process. */
  readonly instance: string;
  /** End of the lease. */
  readonly until: string;
}

/**
 * - `taken`: go on.
 * - `not_yet`: it is being made, or to be tried again, and nothing may be done about it before `at`.
 * - `done`: it has been made, or given up.
 */
export type ClosingClaim =
  | { readonly outcome: 'taken'; readonly events: readonly [ClosingEventOf<'ClosingStarted'>] }
  | { readonly outcome: 'not_yet'; readonly at: string; readonly events: readonly [] }
  | { readonly outcome: 'done'; readonly events: readonly [] };

/**
 * Takes a call on. A lease that lasts keeps everybody away, its own instance too, which can't tell a claim whose answer
 * was lost from one that it is working on. Leases are compared by the clocks of those who claim.
 */
export function decideClosing(command: StartClosing, state: ClosingState): ClosingClaim {
  const { requestId, tenant, now, call, instance, until } = command;
  const { connector, operation, idempotencyKey } = call;
  const known = state[call.call];
  if (known?.status === 'succeeded' || known?.status === 'given_up') return { outcome: 'done', events: [] };
  const free = (known?.status === 'started' ? known.until : known?.retryAt) ?? now;
  if (free > now) return { outcome: 'not_yet', at: free, events: [] };
  const claim = { connector, operation, idempotencyKey, instance, until };
  const data = { requestId, tenant, at: now, call: call.call, try: (known?.tries ?? 0) + 1, ...claim };
  return { outcome: 'taken', events: [{ type: 'ClosingStarted', data }] };
}

/** What became of a try. */
export type ClosingOutcome = ClosingEventOf<'ClosingSucceeded' | 'ClosingFailed'>;

/**
 * Records what became of a try; nothing where that is recorded already. Whose lease has run out may still record while
 * nobody else has claimed: what it tells has happened all the same. `lost` to whoever does not hold the try.
 */
export function decideClosingOutcome(
  event: ClosingOutcome,
  instance: string,
  state: ClosingState,
): { readonly events: readonly ClosingEvent[] } | 'lost' {
  const known = state[event.data.call];
  if (known?.instance !== instance || known.tries !== event.data.try) return 'lost';
  return { events: known.status === 'started' ? [bounded(event)] : [] };
}

function bounded(event: ClosingOutcome): ClosingOutcome {
  if (event.type === 'ClosingFailed')
    return { ...event, data: { ...event.data, error: boundedError(event.data.error) } };
  return { ...event, data: { ...event.data, result: boundedResult(event.data.result as JsonObject) } };
}
