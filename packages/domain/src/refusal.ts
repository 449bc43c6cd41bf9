import type { Json } from './canonical/json.ts';

/**
 * Why a command was refused: a closed list. A code never changes its meaning; adapters map it to an HTTP status,
 * an exit code or a line in Slack, each with one table.
 */
export const REFUSAL_CODES = [
  // who
  'machine_may_not_decide',
  'role_missing',
  'not_on_slate',
  'left_group',
  'self_approval',
  'not_requester',
  'not_super_approver',
  'not_acknowledger',
  'break_glass_own_review',
  // when and where
  'not_found',
  'expired',
  'already_decided',
  'already_denied',
  'personas_pending',
  'not_your_stage',
  'wrong_stage',
  'stage_required',
  'unknown_persona',
  'not_acknowledged',
  'nothing_to_review',
  'already_reviewed',
  // dispatching
  'not_approved',
  'nothing_to_dispatch',
  'too_early',
  'already_dispatching',
  'already_dispatched',
  'step_outcome_unknown',
  'nothing_to_settle',
  'lease_lost',
  // what
  'stale_plan',
  'stale_revision',
  'reason_too_short',
  'overrides_not_allowed',
  'override_key_forbidden',
  'override_limit_exceeded',
  'override_diff_size_exceeded',
  'override_schema_validation',
  // asking
  'unknown_action',
  'reserved_member',
  'unmeetable_requirement',
  'idempotency_key_reused',
  'callback_not_allowed',
  'plan_invalid',
  'previous_request_unknown',
  'previous_request_undecided',
  'cooldown',
  'too_many_repeats',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Rules about who may do what: breaking one is recorded as an attempt. */
const ATTEMPTS: ReadonlySet<RefusalCode> = new Set([
  'machine_may_not_decide',
  'role_missing',
  'not_on_slate',
  'left_group',
  'self_approval',
  'not_requester',
  'not_super_approver',
  'not_acknowledger',
  'break_glass_own_review',
]);

export function isAttempt(code: RefusalCode): boolean {
  return ATTEMPTS.has(code);
}

export interface Refusal {
  readonly code: RefusalCode;
  /** One sentence for people: what stopped it, and what is allowed. */
  readonly detail: string;
  /** Facts for programs: who decided and when, what is missing, which key. */
  readonly facts?: { readonly [key: string]: Json };
  /** One entry a faulty place, JSON Pointer and what is wrong with it. */
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

export function refusal(
  code: RefusalCode,
  detail: string,
  more: Omit<Refusal, 'code' | 'detail'> = {},
): Refusal {
  return { code, detail, ...more };
}
