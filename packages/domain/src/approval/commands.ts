import type { Hash } from '../canonical/hash.ts';
import type { JsonObject } from '../canonical/json.ts';
import type { PlanChecks } from '../dispatch/checks.ts';
import type { DispatchCallerCommand, DispatchSystemCommand } from '../dispatch/commands.ts';
import { type Actor, type Principal, personId, type Via } from '../principal.ts';
import type { Authority } from './eligibility.ts';
import type { ApprovalEventOf } from './events.ts';

/**
 * What can be asked of a request. Commands carry everything a decision needs: the time, who asks and what they are
 * to the policy now in force. Times are RFC 3339, UTC, milliseconds, so that they compare as text.
 */

/** A caller as the decider sees one. */
export interface Caller {
  readonly principal: Principal;
  readonly via: Via;
  readonly authority: Authority;
}

export interface ToRequest {
  readonly requestId: string;
  readonly now: string;
}

export interface ByCaller extends ToRequest {
  readonly caller: Caller;
}

/** All that the first event will hold but who and when; resolved from the policy beforehand. */
export type RequestDetails = Omit<ApprovalEventOf<'ApprovalRequested'>['data'], 'requestId' | 'at' | 'by'>;

export interface RequestApproval extends ByCaller {
  readonly type: 'RequestApproval';
  readonly details: RequestDetails;
  /** The policy asks nobody: approved at once. */
  readonly autoApprove: boolean;
}

export interface AcknowledgePersona extends ByCaller {
  readonly type: 'AcknowledgePersona';
  readonly persona: string;
}

export interface WithdrawAcknowledgement extends ByCaller {
  readonly type: 'WithdrawAcknowledgement';
  readonly persona: string;
}

export interface OverrideLimits {
  readonly maxKeys: number;
  /** Characters of the overrides' canonical JSON. */
  readonly maxChars: number;
}

export interface Decide extends ByCaller {
  readonly type: 'Decide';
  readonly status: 'approved' | 'denied';
  readonly note?: string;
  /** The hash of the parameters the decider was shown. */
  readonly paramsHash?: Hash;
  /** The hash of the plan the decider was shown. */
  readonly planHash?: Hash;
  /** Name of the stage meant. */
  readonly stage?: string;
  /** Top-level parameters to replace before approving. */
  readonly overrides?: JsonObject;
  readonly overrideLimits: OverrideLimits;
  /** Judges the plan that an edit leads to; absent: only whether it can be filled in. */
  readonly planChecks?: PlanChecks;
}

export interface CancelRequest extends ByCaller {
  readonly type: 'CancelRequest';
  readonly reason?: string;
}

export interface InvokeBreakGlass extends ByCaller {
  readonly type: 'InvokeBreakGlass';
  readonly status: 'approved' | 'denied';
  readonly reason: string;
}

export interface ReviewBreakGlass extends ByCaller {
  readonly type: 'ReviewBreakGlass';
  readonly note?: string;
}

/** The clock's commands. Early, late, double or obsolete, they write nothing. */
export interface ExpireRequest extends ToRequest {
  readonly type: 'ExpireRequest';
}

export interface EscalateRequest extends ToRequest {
  readonly type: 'EscalateRequest';
  readonly rung: number;
}

export type CallerCommand =
  | RequestApproval
  | AcknowledgePersona
  | WithdrawAcknowledgement
  | Decide
  | CancelRequest
  | InvokeBreakGlass
  | ReviewBreakGlass
  | DispatchCallerCommand;
/** What nobody in particular asks: the clock's and the dispatcher's. */
export type SystemCommand = ExpireRequest | EscalateRequest | DispatchSystemCommand;
export type ApprovalCommand = CallerCommand | SystemCommand;

/** The clock, as events name it. */
export const TIMER: Actor = { sub: 'timer', kind: 'system', via: 'timer' };

export function actorOf(caller: Caller): Actor {
  const { principal, via } = caller;
  return { sub: personId(principal.tenant, principal.sub), kind: principal.kind, via };
}
