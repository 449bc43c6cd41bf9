import { type Refusal, refusal } from '../refusal.ts';
import type { LineageEvent } from './events.ts';

/** What the chain of repeats of one request knows: who reserved which repeat, and when. */
export interface LineageState {
  readonly repeats: readonly LineageEvent['data'][];
}

export const initialLineage: LineageState = { repeats: [] };

export function evolveLineage(state: LineageState, event: LineageEvent): LineageState {
  return { repeats: [...state.repeats, event.data] };
}

/** How often an action may be asked again. Absent limits do not limit. */
export interface RepeatLimits {
  /** Seconds between the previous decision, or the previous repeat, and the next repeat. */
  readonly cooldownSec?: number | undefined;
  readonly maxPerHour?: number | undefined;
}

export interface ReserveRepeat {
  readonly now: string;
  readonly requestId: string;
  readonly previousRequestId: string;
  /** When the previous request was decided, or the newest repeat of its chain where that was later. */
  readonly previousDecidedAt: string;
  readonly by: string;
  readonly limits: RepeatLimits;
}

const HOUR_MS = 3_600_000;

/** Reserves the right to repeat a request. The same request again writes nothing. */
export function decideRepeat(
  command: ReserveRepeat,
  state: LineageState,
): { events: LineageEvent[]; refusal?: Refusal } {
  const { now, requestId, previousRequestId, by, limits } = command;
  if (state.repeats.some((repeat) => repeat.requestId === requestId)) return { events: [] };
  const stop = cooling(command, state) ?? tooMany(limits.maxPerHour, now, state);
  if (stop) return { events: [], refusal: stop };
  return { events: [{ type: 'RepeatReserved', data: { at: now, requestId, previousRequestId, by } }] };
}

function cooling({ now, previousDecidedAt, limits }: ReserveRepeat, state: LineageState): Refusal | null {
  if (!limits.cooldownSec) return null;
  const latest = [previousDecidedAt, ...state.repeats.map((repeat) => repeat.at)].reduce((a, b) =>
    a > b ? a : b,
  );
  const until = Date.parse(latest) + limits.cooldownSec * 1000;
  if (Date.parse(now) >= until) return null;
  const retryAt = new Date(until).toISOString();
  return refusal(
    'cooldown',
    `this was asked or decided a moment ago; it can be asked again from ${retryAt} on`,
    {
      facts: { retryAt, cooldownSec: limits.cooldownSec },
    },
  );
}

function tooMany(maxPerHour: number | undefined, now: string, state: LineageState): Refusal | null {
  if (maxPerHour === undefined) return null;
  const since = new Date(Date.parse(now) - HOUR_MS).toISOString();
  const recent = state.repeats.filter((repeat) => repeat.at > since);
  const freed = recent.at(-maxPerHour);
  if (!freed) return null;
  const retryAt = new Date(Date.parse(freed.at) + HOUR_MS).toISOString();
  return refusal(
    'too_many_repeats',
    `asked again ${recent.length} times within an hour; at most ${maxPerHour} are allowed`,
    {
      facts: { retryAt, maxPerHour },
    },
  );
}
