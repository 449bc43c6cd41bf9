import type { AttemptEvent } from './events.ts';

/** At most so many attempts are kept of one request; the rest are only counted in metrics. */
export const MAX_ATTEMPTS = 100;

export interface AttemptState {
  /** `<who> <rule>` of every attempt kept. */
  readonly seen: ReadonlySet<string>;
}

export const initialAttempts: AttemptState = { seen: new Set() };

export function evolveAttempts(state: AttemptState, event: AttemptEvent): AttemptState {
  return { seen: new Set(state.seen).add(keyOf(event.data)) };
}

/** One event for each principal and rule, so that nobody can grow the stream by trying again and again. */
export function decideAttempt(attempt: AttemptEvent['data'], state: AttemptState): AttemptEvent[] {
  if (state.seen.size >= MAX_ATTEMPTS || state.seen.has(keyOf(attempt))) return [];
  return [{ type: 'UnauthorizedAttempted', data: attempt }];
}

function keyOf({ by, rule }: AttemptEvent['data']): string {
  return `${by.sub} ${rule}`;
}
