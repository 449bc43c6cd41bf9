import {
  type Approval,
  currentPlan,
  type Hash,
  holdsSealed,
  type JsonObject,
  openParams,
  type PlanFault,
  type PlanStep,
  stepKey,
} from '@countersign/domain';
import { decryptText, type RequestKeys } from '../keys/request-keys.ts';

/** A step as it is to be carried out, with personal values readable: not to be stored, logged or shown. */
export interface OpenedStep extends PlanStep {
  readonly idempotencyKey: string;
}

export interface OpenedPlan {
  readonly approval: Approval;
  /** Of the plan as its parameters now stand. */
  readonly planHash: Hash;
  readonly steps: readonly OpenedStep[];
  /** Why steps can't be carried out: a personal value they need has been erased. Such a step must not be sent. */
  readonly faults: readonly PlanFault[];
}

/**
 * The plan of a request with personal values opened by the request's key.
 * @returns null where it has none
 * @throws Error when a sealed value was changed, or is not this request's
 */
export async function openPlan(keys: RequestKeys, approval: Approval): Promise<OpenedPlan | null> {
  const { dispatch, request } = approval;
  if (!dispatch) return null;
  const { requestId } = request;
  const params = await openedParams(keys, requestId, approval.params as JsonObject);
  const { steps, faults } = currentPlan(request, params, { isOpened: true });
  const { planHash } = dispatch;
  return {
    approval,
    planHash,
    steps: steps.map((step, index) => ({ ...step, idempotencyKey: stepKey(requestId, planHash, index) })),
    faults,
  };
}

async function openedParams(keys: RequestKeys, requestId: string, params: JsonObject): Promise<JsonObject> {
  if (!holdsSealed(params)) return params;
  const key = await keys.get(requestId);
  return key ? openParams(params, (sealed) => decryptText(key, sealed)) : params;
}
