import {
  type Approval,
  type ApprovalCommand,
  type ApprovalEvent,
  authorityOf,
  type CallerCommand,
  decodeEvent,
  type OverrideLimits,
  type PlanChecks,
  personId,
  type SystemCommand,
} from '@countersign/domain';
import type { EventStore } from '@countersign/event-store';
import type { Answer, Known } from './answer.ts';
import { createAsking, type Preview } from './asking/ask.ts';
import type { Ask, AskingPorts } from './asking/types.ts';
import { type Clock, timestamp } from './clock.ts';
import type { Context } from './context.ts';
import { type OpenedPlan, openPlan } from './dispatch/open-plan.ts';
import { createExecutor, streamOf } from './execute.ts';
import { isRequestId, newId } from './ids.ts';
import type { RequestKeys } from './keys/request-keys.ts';
import type { PolicyRegister } from './policy/register.ts';
import type { LedgerSignals } from './signals.ts';
import { readStream } from './transact/load.ts';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A command as a caller words it; time, caller and limits are added here. */
export type Intent = Without<
  Exclude<CallerCommand, { type: 'RequestApproval' }>,
  'now' | 'caller' | 'overrideLimits' | 'planChecks'
>;
/** The commands of the clock and of the dispatcher. */
export type Tick = Without<SystemCommand, 'now'>;

/** The one way to change anything: API, Slack, command line and timers all end here. */
export interface Ledger {
  /** A new request, or the first answer again for the same idempotency key. */
  request(ask: Ask, context: Context): Promise<Answer>;
  /** What a request would lead to. Writes nothing, and asks nobody. */
  preview(ask: Ask, context: Context): Preview;
  /** Any other command of a caller. */
  execute(intent: Intent, context: Context): Promise<Answer>;
  /**
   * A command that nobody in particular gives.
   * @param correlationId of the work it is a part of; default: a new one
   */
  tick(tick: Tick, correlationId?: string): Promise<Answer>;
  /** A request as its stream stands now; null when there is none. */
  load(requestId: string): Promise<Known | null>;
  /**
   * The plan of a request as it is to be carried out, with personal values opened; null when there is no request or no
   * plan. For the dispatcher alone: what it holds is not to be stored, logged or shown.
   * @param of the request's id, or the request as a command's answer told it
   * @throws LedgerUnavailable; Error when a sealed value was changed
   */
  openPlan(of: string | Approval): Promise<OpenedPlan | null>;
  /**
   * What happened to a request, oldest first; empty when there is none.
   * @param from revision to begin at; default 0
   * @throws LedgerUnavailable, UnreadableEvent
   */
  history(requestId: string, from?: number): Promise<readonly Happened[]>;
}

/** One event of a request, and its place in the request's stream. */
export interface Happened {
  readonly revision: number;
  readonly event: ApprovalEvent;
}

export interface LedgerOptions {
  readonly store: EventStore;
  readonly policies: PolicyRegister;
  readonly keys: RequestKeys;
  readonly clock: Clock;
  readonly overrideLimits: OverrideLimits;
  readonly signals?: LedgerSignals;
  /** How long a store that does not answer is asked again before a command fails; default 5000 ms. */
  readonly deadlineMs?: number;
  /** Folded states kept in memory; default 10,000. */
  readonly cachedStates?: number;
  readonly findRecentDenial?: AskingPorts['findRecentDenial'];
  /** Requests name the Slack channel they are told in; default false, and then Slack is never told of them. */
  readonly slack?: boolean;
  /**
   * Judges plans by their connectors when they are asked for and edited, and what is called in the end when it is asked
   * for; absent: only whether plans can be filled in.
   */
  readonly plans?: PlanChecks;
}

export function createLedger(options: LedgerOptions): Ledger {
  const { clock, keys, policies, overrideLimits, plans } = options;
  const executor = createExecutor(options);
  const asking = createAsking({ ...options, executor });

  /** The caller as the policy now in force sees them. */
  function withCaller(intent: Intent, { principal, via }: Context): ApprovalCommand {
    const authority = authorityOf(policies.inForce(), personId(principal.tenant, principal.sub));
    return {
      ...intent,
      now: timestamp(clock),
      caller: { principal, via, authority },
      overrideLimits,
      ...(plans && { planChecks: plans }),
    } as ApprovalCommand;
  }

  return {
    request: (ask, context) => asking.request(ask, context),
    preview: (ask, context) => asking.preview(ask, context),
    execute: (intent, context) => executor.execute(withCaller(intent, context), context),
    tick: (tick, correlationId = newId()) =>
      executor.execute({ ...tick, now: timestamp(clock) }, { correlationId }),
    load: (requestId) => executor.load(requestId),
    async openPlan(of) {
      const approval = typeof of === 'string' ? (await executor.load(of))?.approval : of;
      return approval ? openPlan(keys, approval) : null;
    },
    async history(requestId, from) {
      if (!isRequestId(requestId)) return [];
      const recorded = await readStream(options.store, streamOf(requestId), from);
      return recorded.map((stored) => ({
        revision: stored.revision,
        event: decodeEvent(stored) as ApprovalEvent,
      }));
    },
  };
}
