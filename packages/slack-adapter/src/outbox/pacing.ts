import type { Clock } from '@countersign/application';

/** Slack's limit for one channel: so many posts at once, then so many a second. */
export interface Pacing {
  /** When the channel's next place is, in milliseconds since 1970. */
  next(channel: string): number;
  /** Takes that place. */
  take(channel: string): number;
}

/** Above that, channels whose bucket is full again are forgotten: that changes nothing. */
const MAX_KEPT = 1000;

/** A token bucket for each channel, kept as the one time at which it will be full again. */
export function createPacing(
  { burst, perSecond }: { readonly burst: number; readonly perSecond: number },
  clock: Clock,
): Pacing {
  const intervalMs = 1000 / perSecond;
  const fullAt = new Map<string, number>();

  function forgetFull(now: number): void {
    if (fullAt.size <= MAX_KEPT) return;
    for (const [channel, at] of fullAt) if (at <= now) fullAt.delete(channel);
  }

  function next(channel: string): number {
    return Math.max(clock(), (fullAt.get(channel) ?? 0) - (burst - 1) * intervalMs);
  }

  return {
    next,
    take(channel) {
      const now = clock();
      forgetFull(now);
      const place = next(channel);
      fullAt.set(channel, Math.max(now, fullAt.get(channel) ?? 0) + intervalMs);
      return place;
    },
  };
}
