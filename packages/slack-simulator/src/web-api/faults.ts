import type { FaultMatch, Faults } from '../types.ts';

/** What is to go wrong with one call. */
export type Mishap =
  | { readonly kind: 'rate_limit'; readonly retryAfterSec: number; readonly withoutHeader: boolean }
  | { readonly kind: 'outage'; readonly as: 500 | 503 | 'reset' }
  | { readonly kind: 'lose_answer' }
  | { readonly kind: 'refuse'; readonly error: string };

interface Planned<What> {
  readonly match: FaultMatch;
  readonly what: What;
  left: number;
}

export interface FaultPlan {
  readonly faults: Faults;
  /**
   * What goes wrong with this call; counts it.
   * @param names everything the call's channel may be named by
   */
  take(
    method: string,
    names: readonly string[],
  ): { readonly slowMs: number; readonly mishap: Mishap | undefined };
}

/** Of several that match, the one planned first strikes; slowness comes on top of any other. */
export function faultPlan(): FaultPlan {
  let mishaps: Planned<Mishap>[] = [];
  let delays: Planned<number>[] = [];
  const plan = (options: { match?: FaultMatch; times?: number }, what: Mishap): void => {
    mishaps.push({ match: options.match ?? {}, what, left: options.times ?? Number.POSITIVE_INFINITY });
  };
  return {
    faults: {
      rateLimit: (options) =>
        plan(options, {
          kind: 'rate_limit',
          retryAfterSec: options.retryAfterSec,
          withoutHeader: options.withoutHeader ?? false,
        }),
      outage: (options) => plan(options, { kind: 'outage', as: options.as }),
      loseAnswer: (options) => plan(options, { kind: 'lose_answer' }),
      refuse: (options) => plan(options, { kind: 'refuse', error: options.error }),
      slow: (options) => {
        const left = options.times ?? Number.POSITIVE_INFINITY;
        delays.push({ match: options.match ?? {}, what: options.milliseconds, left });
      },
      clear() {
        mishaps = [];
        delays = [];
      },
    },
    take: (method, names) => ({
      slowMs: strike(delays, method, names) ?? 0,
      mishap: strike(mishaps, method, names),
    }),
  };
}

function strike<What>(
  planned: readonly Planned<What>[],
  method: string,
  names: readonly string[],
): What | undefined {
  const next = planned.find(({ match, left }) => left > 0 && isMeant(match, method, names));
  if (next) next.left -= 1;
  return next?.what;
}

function isMeant(match: FaultMatch, method: string, names: readonly string[]): boolean {
  if (match.method !== undefined && match.method !== method) return false;
  return match.channel === undefined || names.includes(match.channel.replace(/^#/, ''));
}
