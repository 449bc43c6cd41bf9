import { newId, type SlackDeliveries } from '@countersign/application';
import { type Projections, ViewUnavailable } from '@countersign/projections';
import type { SlackHealth, SlackLimits } from '../types.ts';
import { createLane, type Lane, type LaneOptions } from './lane.ts';
import { createPacing } from './pacing.ts';
import { createQueue } from './queue.ts';
import { createReach } from './reach.ts';
import { type RoundOptions, tellOnce } from './round.ts';
import { createToldLately } from './told-lately.ts';
import { createWaits } from './waits.ts';

/**
 * Tells Slack what happens to requests. What waits to be told stands in the ledger and its view and nowhere else, so
 * that a restart loses nothing, and an outage, however long, costs no memory.
 */
export interface Outbox {
  start(): void;
  /** Looks at the clock and the view now; for a clock that a test moves. */
  wake(): void;
  health(): SlackHealth;
  /** Begins no further request and finishes those under way, for as long as one call may take; then no further call. */
  stop(): Promise<void>;
}

type FromOutside = 'ledger' | 'policies' | 'rendering' | 'web' | 'clock' | 'consoleUrl' | 'signals';

export interface OutboxOptions extends Pick<RoundOptions, FromOutside> {
  readonly deliveries: SlackDeliveries;
  readonly projections: Pick<Projections, 'slack' | 'onAdvanced'>;
  readonly limits: Omit<SlackLimits, 'ackMs' | 'maxInFlight'>;
}

/** How late something can be noticed of which nobody told. */
const NET_MS = 3000;
/** Looking takes longer the more channels wait: afterwards it rests so many times as long, but never for long. */
const LOOK_REST = 10;
const MAX_LOOK_REST_MS = 250;
/** Channels named in the health. */
const MAX_NAMED = 5;

export function createOutbox(options: OutboxOptions): Outbox {
  const { projections, web, clock, limits, signals } = options;
  const by = newId(clock());
  const waits = createWaits(clock);
  const stopping = new AbortController();
  const abandoning = new AbortController();
  const reach = createReach({ web, clock, limits, signals });
  const told = createToldLately();
  const pacing = createPacing(limits, clock);
  const round: RoundOptions = { ...options, by, pacing, waits, abandoned: abandoning.signal };
  const shared = { pacing, reach, web, clock, limits, signals, stopping: stopping.signal };
  const lanes = new Map<string, Lane>();
  let sleeping: NodeJS.Timeout | undefined;
  let unsubscribe: (() => void) | undefined;
  /** Channels in which something may be new since they were looked at. */
  const news = new Set<string>();

  /** Whether anything new may wait: then also channels are looked at that had nothing to do. */
  let hasNews = true;
  /** By the process's own clock. */
  let restsUntil = 0;
  let isDue = false;

  /** As soon as it has rested. */
  function lookSoon(): void {
    if (isDue || stopping.signal.aborted) return;
    isDue = true;
    clearTimeout(sleeping);
    const rest = restsUntil - performance.now();
    if (rest <= 0) look();
    else sleeping = setTimeout(look, rest);
  }

  function look(): void {
    isDue = false;
    clearTimeout(sleeping);
    if (stopping.signal.aborted) return;
    const began = performance.now();
    let next = clock() + NET_MS;
    try {
      next = Math.min(next, beginLanes());
    } catch (error) {
      // While the view is being built there is nothing to read; the net comes again.
      if (!(error instanceof ViewUnavailable))
        signals.failed?.({ what: 'reading what waits for Slack', error });
    }
    const ended = performance.now();
    restsUntil = ended + Math.min(MAX_LOOK_REST_MS, LOOK_REST * (ended - began));
    sleeping = setTimeout(lookForNews, Math.max(1, next - clock()));
  }

  function lookForNews(): void {
    hasNews = true;
    look();
  }

  /** Begins as many lanes as there is room for; gives when the next of the others may begin. */
  function beginLanes(): number {
    const now = clock();
    const limit = limits.maxLanes + lanes.size;
    const waiting = projections.slack.channels(limit).map(({ channel }) => channel);
    if (hasNews) for (const channel of waiting) news.add(channel);
    hasNews = false;
    if (waiting.length < limit) forgetAllBut(new Set(waiting));
    if (reach.closedUntil > now) return reach.closedUntil;
    let room = limits.maxLanes - [...lanes.values()].filter((lane) => lane.isRunning).length;
    let next = Number.POSITIVE_INFINITY;
    for (const { channel, lane } of fittest(waiting)) {
      if (lane.isRunning) continue;
      const at = news.has(channel) ? lane.restUntil : lane.nextAt;
      if (at > now) next = Math.min(next, at);
      else if (room-- > 0) {
        news.delete(channel);
        // Whoever found no room comes now.
        void lane.run().then(lookSoon);
      }
    }
    return next;
  }

  function laneOf(channel: string): Lane {
    const known = lanes.get(channel);
    if (known) return known;
    const queue = createQueue({ channel, slack: projections.slack, told, clock, by, limits });
    const tell: LaneOptions['tell'] = (row, memory) => tellOnce(row, memory, round);
    const lane = createLane({ channel, queue, tell, ...shared });
    lanes.set(channel, lane);
    return lane;
  }

  /** Where only some may try, those should that are likely to succeed; among equals, who has waited longest. */
  function fittest(waiting: readonly string[]): { readonly channel: string; readonly lane: Lane }[] {
    const all = waiting.map((channel) => ({ channel, lane: laneOf(channel) }));
    return all.toSorted((a, b) => a.lane.failures - b.lane.failures);
  }

  /** What a lane knows is only good for a delivery that waits. */
  function forgetAllBut(waiting: ReadonlySet<string>): void {
    for (const channel of news) if (!waiting.has(channel)) news.delete(channel);
    for (const [channel, lane] of lanes) if (!waiting.has(channel) && !lane.isRunning) lanes.delete(channel);
  }

  return {
    start() {
      unsubscribe = projections.onAdvanced((name) => {
        if (name !== 'slack') return;
        hasNews = true;
        lookSoon();
      });
      look();
    },
    wake() {
      waits.look();
      if (unsubscribe) lookForNews();
    },
    health() {
      const amiss = [...lanes].flatMap(([channel, { trouble }]) =>
        trouble === undefined ? [] : [`${channel}: ${trouble}`],
      );
      if (reach.trouble === undefined && amiss.length === 0) return { status: 'ok' };
      return { status: 'degraded', detail: reach.trouble ?? amiss.slice(0, MAX_NAMED).join('; ') };
    },
    async stop() {
      stopping.abort();
      unsubscribe?.();
      clearTimeout(sleeping);
      const patience = setTimeout(() => {
        abandoning.abort();
        waits.end();
      }, limits.callTimeoutMs);
      await Promise.all([...lanes.values()].map((lane) => lane.run()));
      clearTimeout(patience);
    },
  };
}
