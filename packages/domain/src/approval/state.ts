import type { Hash } from '../canonical/hash.ts';
import type { Json } from '../canonical/json.ts';
import type { Dispatch, DispatchPhase } from '../dispatch/state.ts';
import type { PersonId, Via } from '../principal.ts';
import type { ApprovalEventOf } from './events.ts';

export interface Vote {
  readonly by: PersonId;
  readonly at: string;
  readonly via: Via;
  readonly stage: number;
  /** Requirements of the stage whose places this person fits. */
  readonly fills: readonly number[];
  readonly paramsHash: Hash | null;
  readonly note?: string;
}

export type Denial = Omit<Vote, 'fills'>;

export interface Acknowledgement {
  readonly by: PersonId;
  readonly at: string;
}

export interface Decision {
  readonly outcome: 'approved' | 'denied' | 'expired' | 'cancelled';
  readonly by: PersonId;
  readonly at: string;
  readonly how: 'votes' | 'automatic' | 'break-glass' | 'timeout' | 'requester';
  readonly note?: string;
}

export interface BreakGlass {
  readonly by: PersonId;
  readonly at: string;
  readonly status: 'approved' | 'denied';
  readonly reason: string;
  readonly notify: readonly PersonId[];
  readonly review: { readonly by: PersonId; readonly at: string; readonly note?: string } | null;
}

/** A request as its events have made it. */
export interface Approval {
  readonly exists: true;
  readonly request: ApprovalEventOf<'ApprovalRequested'>['data'];
  readonly params: { readonly [key: string]: Json };
  readonly paramsHash: Hash;
  /** 0 until somebody edits. */
  readonly planRevision: number;
  /** By persona name. */
  readonly acknowledgements: Readonly<Record<string, Acknowledgement>>;
  /** The stage now asked; equal to the number of stages once all are complete. */
  readonly stage: number;
  /** Standing approvals of all stages, in the order given. */
  readonly approvals: readonly Vote[];
  readonly denials: readonly Denial[];
  /** Rungs that have fired. */
  readonly escalated: readonly number[];
  readonly decision: Decision | null;
  readonly breakGlass: BreakGlass | null;
  /** How the plan stands; null where the request has none. */
  readonly dispatch: Dispatch | null;
  /** `at` of the newest event. */
  readonly updatedAt: string;
}

export type ApprovalState = { readonly exists: false } | Approval;

export const initialState: ApprovalState = { exists: false };

export const STATUSES = [
  'awaiting_personas',
  'pending',
  'approved',
  'denied',
  'expired',
  'cancelled',
  'dispatching',
  'dispatched',
  'dispatch_failed',
] as const;
export type Status = (typeof STATUSES)[number];

const STATUS_OF_PHASE: Readonly<Record<DispatchPhase, Status>> = {
  idle: 'approved',
  running: 'dispatching',
  failed: 'dispatch_failed',
  done: 'dispatched',
  lapsed: 'expired',
};

/** As the events say. A deadline that has passed unnoticed shows only in `statusAt`. */
export function statusOf(approval: Approval): Status {
  const { decision, dispatch } = approval;
  if (decision?.outcome === 'approved' && dispatch) return STATUS_OF_PHASE[dispatch.phase];
  if (decision) return decision.outcome;
  return missingPersonas(approval).length > 0 ? 'awaiting_personas' : 'pending';
}

/**
 * What a reader at `now` must be told: past its deadline an undecided request reads expired, timer or not, and so does
 * an approval that was not used in time.
 */
export function statusAt(approval: Approval, now: string): Status {
  return isOverdue(approval, now) || isUnused(approval, now) ? 'expired' : statusOf(approval);
}

export function isOverdue(approval: Approval, now: string): boolean {
  return approval.decision === null && now >= approval.request.expiresAt;
}

/** What an approval given now is for: the parameters, and the plan where there is one. */
export function whatStands({ paramsHash, dispatch }: Approval): { paramsHash: Hash; planHash?: Hash } {
  return dispatch ? { paramsHash, planHash: dispatch.planHash } : { paramsHash };
}

/** Until when the approval is good for beginning a dispatch; null where that has no end, or nothing is approved. */
export function validUntil({ decision, request }: Approval): string | null {
  const seconds = request.dispatch?.validForSec;
  if (seconds === undefined || decision?.outcome !== 'approved') return null;
  return new Date(Date.parse(decision.at) + seconds * 1000).toISOString();
}

/** Approved, and the time in which a dispatch could begin is over without one. */
export function isUnused(approval: Approval, now: string): boolean {
  if (approval.dispatch?.phase !== 'idle') return false;
  const until = validUntil(approval);
  return until !== null && now >= until;
}

export function missingPersonas(approval: Approval): string[] {
  return approval.request.slate.personas
    .map((persona) => persona.name)
    .filter((name) => !Object.hasOwn(approval.acknowledgements, name));
}
