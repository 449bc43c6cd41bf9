import type { JsonObject } from '../canonical/json.ts';
import type { ClosingEvent, ClosingEventOf, ClosingName } from './events.ts';

/**
 * - `started`: an instance makes the call, or died over it: once its lease is over another may go on.
 * - `retrying`: to be tried again, at `retryAt`.
 */
export type ClosingStatus = 'started' | 'retrying' | 'succeeded' | 'given_up';

/** How one of the calls stands. */
export interface ClosingCallState {
  readonly status: ClosingStatus;
  readonly tries: number;
  /** Of the last try. */
  readonly instance: string;
  readonly idempotencyKey: string;
  readonly startedAt: string;
  /** End of the lease under which the last try was begun: no later than this was it still being sent. */
  readonly until: string;
  /** When the first try of all began. */
  readonly firstStartedAt: string;
  /** When the outcome of the last try was recorded. */
  readonly endedAt: string | null;
  readonly retryAt: string | null;
  /** By the last record: some try may have been carried out. */
  readonly outcomeUnknown: boolean;
  readonly error: string | null;
  readonly result: JsonObject | null;
}

/** Who has been told of a request's end. Absent: nobody has tried yet. */
export type ClosingState = { readonly [C in ClosingName]?: ClosingCallState };

export const initialClosing: ClosingState = {};

/** One more event of stream `closing-<requestId>`. Total: an outcome of nothing that was started changes nothing. */
export function evolveClosing(state: ClosingState, event: ClosingEvent): ClosingState {
  const { call } = event.data;
  const before = state[call];
  if (event.type === 'ClosingStarted') return { ...state, [call]: started(before, event.data) };
  return before ? { ...state, [call]: ended(before, event) } : state;
}

function started(
  before: ClosingCallState | undefined,
  data: ClosingEventOf<'ClosingStarted'>['data'],
): ClosingCallState {
  const { at, instance, until, idempotencyKey } = data;
  return {
    status: 'started',
    tries: data.try,
    instance,
    idempotencyKey,
    startedAt: at,
    until,
    firstStartedAt: before?.firstStartedAt ?? at,
    endedAt: null,
    retryAt: null,
    outcomeUnknown: before?.outcomeUnknown ?? false,
    error: before?.error ?? null,
    result: null,
  };
}

function ended(
  before: ClosingCallState,
  event: ClosingEventOf<'ClosingSucceeded' | 'ClosingFailed'>,
): ClosingCallState {
  const { at } = event.data;
  if (event.type === 'ClosingSucceeded') {
    const result = event.data.result as JsonObject;
    return { ...before, status: 'succeeded', endedAt: at, outcomeUnknown: false, error: null, result };
  }
  const { error, outcomeUnknown, retryAt = null } = event.data;
  const status = retryAt === null ? 'given_up' : 'retrying';
  return { ...before, status, endedAt: at, retryAt, outcomeUnknown, error };
}

/** Whether a try may have been carried out of which nobody recorded it: that is asked before anything is sent again. */
export function isInDoubt({ status, outcomeUnknown }: ClosingCallState): boolean {
  return status === 'started' || outcomeUnknown;
}
