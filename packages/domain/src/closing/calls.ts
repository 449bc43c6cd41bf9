import { approversOf } from '../approval/approvers.ts';
import { type Approval, type Decision, whatStands } from '../approval/state.ts';
import { derivedId } from '../canonical/derived-id.ts';
import { canonicalJson, type Json, type JsonObject } from '../canonical/json.ts';
import type { PlanStep } from '../policy/policy.ts';
import { withoutCiphertexts } from '../policy/sealing.ts';
import type { ClosingName } from './events.ts';
import { sentenceOf } from './sentence.ts';

/** A call to be made, once, now that a request is decided. */
export interface ClosingCall extends PlanStep {
  readonly call: ClosingName;
  /** A UUID, the same for every try, and of no other call. */
  readonly idempotencyKey: string;
}

/**
 * Whom to tell that a request is decided: nobody before that. The same calls with the same inputs whenever they are asked
 * for: whatever happens to a request after its decision, a dispatch or a review, is no part of them.
 */
export function closingCalls(approval: Approval): readonly ClosingCall[] {
  const { request, decision } = approval;
  if (!decision) return [];
  const { requestId, callbackUrl, closing } = request;
  const keyed = (call: ClosingName, step: PlanStep): ClosingCall => ({
    call,
    ...step,
    idempotencyKey: derivedId(canonicalJson(['closing', requestId, call])),
  });
  return [
    ...(callbackUrl === undefined
      ? []
      : [keyed('callback', callbackTo(callbackUrl, callbackBody(approval, decision)))]),
    ...(closing === undefined
      ? []
      : [
          keyed('closing', closingFor(closing as PlanStep, decision.outcome, sentenceOf(approval, decision))),
        ]),
  ];
}

/** A call of a caller's URL, signed as the connector `webhook` does. Its receiver knows a `webhook-id` again. */
export function callbackTo(url: string, body: Json): PlanStep {
  return { connector: 'webhook', operation: 'post', input: { url, body, idempotent: true } };
}

/**
 * The step that a trusted way in has asked for, with the decision put in where it has a place: GitHub's review of a
 * deployment gets `state` and `comment`. Any other step is made as it was recorded, whatever was decided.
 */
export function closingFor(step: PlanStep, outcome: Decision['outcome'], sentence: string): PlanStep {
  if (step.connector !== 'github' || step.operation !== 'review-deployment') return step;
  const state = outcome === 'approved' ? 'approved' : 'rejected';
  return { ...step, input: { ...step.input, state, comment: sentence } };
}

/** Larger parameters are left out of callbacks: receivers limit what they take, and the hash tells which they were. */
const MAX_PARAMS_BYTES = 128 * 1024;

/** What a callback says; `docs/callbacks.md` describes it. Names are those of `GET /api/guard/wait`. */
function callbackBody(approval: Approval, decision: Decision): JsonObject {
  const { request } = approval;
  const { outcome, by, at, note } = decision;
  const params = withoutCiphertexts(approval.params as JsonObject);
  const isSmall = Buffer.byteLength(canonicalJson(params)) <= MAX_PARAMS_BYTES;
  return {
    type: 'approval.decided',
    timestamp: at,
    data: {
      requestId: request.requestId,
      ...(request.externalId !== undefined && { externalId: request.externalId }),
      action: request.action,
      status: outcome,
      decision: { outcome, by, at, ...(note !== undefined && { note }) },
      approvers: approversOf(approval),
      ...(isSmall && { params }),
      ...whatStands(approval),
      policyHash: request.policyHash,
      ...(request.state !== undefined && { state: request.state }),
    },
  };
}
