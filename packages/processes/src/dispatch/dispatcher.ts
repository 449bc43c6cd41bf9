import { type Answer, type Context, type Known, LedgerUnavailable, newId } from '@countersign/application';
import type { RefusalCode } from '@countersign/domain';
import { dryRunPlan, dryRunSteps } from './dry-run.ts';
import { createDueLoop, type DueDispatch } from './due.ts';
import { createHealth } from './health.ts';
import { type Hold, holdOf, type Means, workOf } from './hold.ts';
import { checkedLimits } from './limits.ts';
import { run } from './run.ts';
import { createSlots } from './slots.ts';
import type { DispatchCallOptions, Dispatcher, DispatcherOptions } from './types.ts';
import { createWaits, endsWithin } from './waits.ts';

/** Somebody else was first, and is at it or has ended. */
const CONFLICTS: ReadonlySet<RefusalCode> = new Set(['already_dispatching', 'already_dispatched']);

/** @throws RangeError for limits that can't be; TypeError for two connectors of one name */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { ledger, connectors, projections, clock, instance, signals = {} } = options;
  mustDiffer(connectors.map(({ name }) => name));
  const limits = checkedLimits(options.limits);
  const { leaseMs } = limits;
  const stopping = new AbortController();
  const abandoning = new AbortController();
  const waits = createWaits(clock);
  const slots = createSlots(limits.maxConcurrent, () => loop.hasRoom());
  const health = createHealth(connectors, clock, limits);
  /** What is under way: claims that are not answered yet, and runs by their request. */
  const claims = new Set<Promise<void>>();
  const runs = new Map<Promise<void>, string>();
  const means: Means = {
    ledger,
    connectors,
    clock,
    instance,
    signals,
    limits,
    since: clock(),
    rest,
    stopping: stopping.signal,
    abandoned: abandoning.signal,
  };
  const loop = createDueLoop({
    projections,
    clock,
    isHere: (requestId) => [...runs.values()].includes(requestId),
    take,
    onError: (what, error) => signals.broken?.({ what, error }),
  });

  async function rest(until: number): Promise<void> {
    slots.release();
    await waits.until(until);
    await slots.take();
  }

  /** Takes on what is due, where there is room. */
  function take(due: DueDispatch): Promise<void> | null {
    if (!slots.tryTake()) return null;
    const claim = claimDue(due).finally(() => claims.delete(claim));
    claims.add(claim);
    return claim;
  }

  async function claimDue({ requestId, kind }: DueDispatch): Promise<void> {
    const resumed = kind === 'resume';
    const correlationId = newId();
    const type = resumed ? 'ResumeDispatch' : 'BeginDispatch';
    let hold: Hold | null = null;
    try {
      const answer = await ledger.tick({ type, requestId, instance, leaseMs }, correlationId);
      hold = holdOf(answer, means, correlationId);
    } catch (error) {
      signals.broken?.({ what: `claiming the dispatch of ${requestId}`, error });
    }
    if (hold) begin(hold, { resumed, slot: Promise.resolve() });
    else slots.release();
  }

  /** Carries out what was claimed. @param slot resolves when there is room for it */
  function begin(
    hold: Hold,
    how: { readonly resumed: boolean; readonly slot: Promise<void> },
  ): Promise<void> {
    if (!how.resumed) signals.claimed?.(workOf(hold));
    const running = carryOut(hold, how).finally(() => {
      runs.delete(running);
      slots.release();
    });
    runs.set(running, hold.requestId);
    return running;
  }

  async function carryOut(
    hold: Hold,
    { resumed, slot }: { readonly resumed: boolean; readonly slot: Promise<void> },
  ): Promise<void> {
    await slot;
    signals.started?.({ ...workOf(hold), resumed });
    try {
      const later = await run(hold, means);
      if (later !== null) loop.postpone(hold.requestId, later);
    } catch (error) {
      // Its lease ends, and whoever then can goes on; here not at once, should it be the request's own fault.
      signals.broken?.({ what: `carrying out the plan of ${hold.requestId}`, error });
      loop.postpone(hold.requestId, clock() + limits.maxRetryMs);
    }
  }

  async function dispatch(
    requestId: string,
    context: Context,
    { waitMs = limits.waitMs, planHash }: DispatchCallOptions = {},
  ): Promise<Answer> {
    if (stopping.signal.aborted) throw new LedgerUnavailable('this instance is stopping', false);
    const intent = {
      type: 'StartDispatch',
      requestId,
      instance,
      leaseMs,
      ...(planHash && { planHash }),
    } as const;
    const answer = await ledger.execute(intent, context);
    const { correlationId } = context;
    if (!answer.ok) {
      const { refusal } = answer;
      if (CONFLICTS.has(refusal.code)) signals.conflict?.({ requestId, refusal, correlationId });
      return answer;
    }
    const hold = holdOf(answer, means, correlationId);
    if (!hold) return answer;
    const ended = await endsWithin(begin(hold, { resumed: false, slot: slots.take() }), waitMs);
    const known = ended && isRunning(hold) ? await newest(hold) : hold.known;
    return { ok: true, ...known, changed: true };
  }

  /** What this instance left unfinished another may have gone on with. */
  async function newest({ requestId, known }: Hold): Promise<Known> {
    try {
      return (await ledger.load(requestId)) ?? known;
    } catch (error) {
      if (error instanceof LedgerUnavailable) return known;
      throw error;
    }
  }

  return {
    dispatch,
    dryRun: (of) => (typeof of === 'string' ? dryRunPlan(of, means) : dryRunSteps(of, means)),
    start() {
      if (!stopping.signal.aborted) loop.start();
    },
    wake() {
      waits.look();
      loop.look();
    },
    async stop() {
      stopping.abort();
      loop.stop();
      waits.end();
      const work = Promise.all(claims).then(() => Promise.all(runs.keys()));
      await endsWithin(work, limits.callTimeoutMs + 2 * limits.graceMs);
      abandoning.abort();
    },
    health,
  };
}

function isRunning({ known }: Hold): boolean {
  return known.approval.dispatch?.phase === 'running';
}

function mustDiffer(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new TypeError(`there are two connectors "${twice}"`);
}
