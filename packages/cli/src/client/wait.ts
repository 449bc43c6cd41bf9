import { CliError } from '../cli-error.ts';
import { openEvents } from './events.ts';
import { createHttp, type Http } from './http.ts';
import { ProblemError } from './problem.ts';
import { pause, pauseBefore } from './retry.ts';
import { type GuardState, isSettled, type Until } from './wire.ts';

export interface WaitOptions {
  readonly until: Until;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970; Infinity to wait as long as the request lives. */
  readonly deadline: number;
  /** Every state that differs from the one before. */
  readonly onState?: (state: GuardState) => void;
  /** Trouble that waiting gets over. */
  readonly onTrouble?: (message: string) => void;
}

/** An unreachable server is given up so long after the request must have been decided. */
export const GRACE_MS = 60_000;
const POLL_SEC = 30;

/**
 * Waits for a request by its wait token: by event stream, by long poll where streams don't come through. Goes on
 * over lost connections and restarts of the server. The token goes in a header: addresses end up in logs.
 * @returns the last state seen: settled, or not when the deadline came first
 * @throws ProblemError when the server refuses the token | CliError when it was never reached, or not again in time
 */
export async function waitForDecision(http: Http, token: string, options: WaitOptions): Promise<GuardState> {
  const expiry = Number.isFinite(options.deadline) ? alarmAt(options.deadline) : undefined;
  const signal = expiry ? AbortSignal.any([options.signal, expiry]) : options.signal;
  const reader = createHttp({ ...http.connection, adminToken: undefined, token });
  let last = await read(reader, 0, options);
  options.onState?.(last);
  let failures = 0;
  while (!isSettled(last.status, options.until) && !expiry?.aborted) {
    // Every third try in a row goes by long poll: proxies exist that swallow streams.
    const way = failures % 3 === 2 ? byLongPoll : byEvents;
    try {
      for await (const state of way(reader, { ...options, signal })) {
        failures = 0;
        if (state.revision !== last.revision || state.status !== last.status) options.onState?.(state);
        last = state;
        if (isSettled(state.status, options.until)) return state;
      }
    } catch (error) {
      if (options.signal.aborted) throw options.signal.reason;
      if (expiry?.aborted) break;
      if (isFinal(error)) throw error;
      if (Date.now() > Date.parse(last.expiresAt) + GRACE_MS) throw gaveUp(last, error);
      if (failures === 0) options.onTrouble?.(`lost the server (${messageOf(error)}); trying again`);
      failures++;
      await pause(pauseBefore(Math.min(failures, 6), null), options.signal);
    }
  }
  return last;
}

/** Timers hold 24 days at most; longer is as good as that. */
function alarmAt(deadline: number): AbortSignal {
  return AbortSignal.timeout(Math.min(Math.max(0, deadline - Date.now()), 2 ** 31 - 1));
}

async function* byEvents(http: Http, { until, signal }: WaitOptions): AsyncGenerator<GuardState> {
  const query = { until: untilOf(until) };
  let seen = false;
  for await (const message of openEvents(http, { path: '/api/guard/wait-sse', query, signal })) {
    if (message.event !== 'state') continue;
    seen = true;
    yield JSON.parse(message.data) as GuardState;
  }
  if (!seen) throw new CliError('the event stream ended without a state');
}

async function* byLongPoll(http: Http, options: WaitOptions): AsyncGenerator<GuardState> {
  yield await read(http, POLL_SEC, options);
}

async function read(http: Http, timeoutSec: number, { until, signal }: WaitOptions): Promise<GuardState> {
  const { body } = await http.send<GuardState>({
    path: '/api/guard/wait',
    query: { timeoutSec, until: untilOf(until) },
    timeoutMs: (timeoutSec + 15) * 1000,
    signal,
  });
  return body;
}

function untilOf(until: Until): string | undefined {
  return until === 'dispatched' ? until : undefined;
}

/** The server understood, and will say the same again. */
export function isFinal(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.status < 500 && error.problem.status !== 429;
}

function gaveUp(last: GuardState, cause: unknown): CliError {
  const text = `request ${last.requestId} was last seen ${last.status}, its time is over, and the server cannot be reached`;
  return new CliError(`${text}: ${messageOf(cause)}`, undefined, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
