import {
  type ActionRule,
  authorityOf,
  type Caller,
  deadlines,
  findReservedKeys,
  freezeSlate,
  type JsonObject,
  matchAction,
  mustMayAsk,
  type Plan,
  type PlanChecks,
  type Policy,
  paramsHashOf,
  personId,
  personWithin,
  type Refusal,
  type RequestApproval,
  refusal,
} from '@countersign/domain';
import type { Answer, Known } from '../answer.ts';
import { timestamp } from '../clock.ts';
import type { Context } from '../context.ts';
import { derivedId, newId } from '../ids.ts';
import { closingRefusal } from './closing.ts';
import { digestBody, digestRepeat } from './digest.ts';
import { type Lineage, resolveLineage } from './lineage.ts';
import { type AskedPlan, planAsked, planKept, planRefusal } from './plan.ts';
import { sealFor } from './seal.ts';
import type { Ask, AskingPorts } from './types.ts';

export interface Asking {
  request(ask: Ask, context: Context): Promise<Answer>;
  preview(ask: Ask, context: Context): Preview;
}

/** What a request would lead to, without making it. */
export type Preview =
  | {
      readonly ok: true;
      /** Somebody would have to approve it. */
      readonly isGoverned: boolean;
      /** Key of the policy's rule. */
      readonly policyKey: string;
      /** What would be carried out, and what stands against it; null where nothing would be. */
      readonly plan: AskedPlan | null;
    }
  | { readonly ok: false; readonly refusal: Refusal };

export function createAsking(ports: AskingPorts): Asking {
  const { policies, clock, executor } = ports;

  async function request(ask: Ask, context: Context): Promise<Answer> {
    const requestId = requestIdOf(ask, context);
    if (ask.idempotencyKey !== undefined) {
      const first = await executor.load(requestId);
      if (first) return repeat(ask, first);
    }
    const policy = policies.inForce();
    const rule = matchAction(policy, ask.action);
    if (!rule) return refuse(unknownAction(ask));
    const stop = formRefusal(ask, policy, ports.plans);
    if (stop) return refuse(stop);
    return create(ask, context, requestId, policy, rule);
  }

  function preview(ask: Ask, { principal }: Context): Preview {
    const policy = policies.inForce();
    const rule = matchAction(policy, ask.action);
    const stop = mustMayAsk(principal) ?? (rule ? formRefusal(ask, policy, ports.plans) : unknownAction(ask));
    if (stop || !rule) return { ok: false, refusal: stop ?? unknownAction(ask) };
    const plan = planAsked(ask, rule, timestamp(clock), ports.plans);
    return { ok: true, isGoverned: !rule.autoApprove, policyKey: rule.key, plan };
  }

  async function create(
    ask: Ask,
    context: Context,
    requestId: string,
    policy: Policy,
    rule: ActionRule,
  ): Promise<Answer> {
    const now = timestamp(clock);
    const plan = planAsked(ask, rule, now, ports.plans);
    const unfit = plan && planRefusal(plan);
    if (unfit) return refuse(unfit);
    const { params, key } = await sealFor(ports.keys, requestId, ask.params, rule);
    const dispatch = plan ? planKept(rule, plan, params) : undefined;
    if (dispatch && 'code' in dispatch) return refuse(dispatch);
    const lineage = await resolveLineage(ports, {
      ask,
      context,
      requestId,
      rule,
      now,
      params,
    });
    if ('refusal' in lineage) return refuse(lineage.refusal);

    const idSeed = ask.idempotencyKey === undefined ? undefined : `${requestId}/${digestBody(ask, key)}`;
    const slack = ports.slack && !rule.autoApprove ? rule.slack : undefined;
    const made = { ask, context, requestId, policy, rule, now, params, key, lineage, slack, dispatch };
    const command = commandFor(made);
    const answer = await executor.execute(command, {
      correlationId: context.correlationId,
      ...(idSeed === undefined ? { isNew: true } : { idSeed }),
    });
    // Another instance wrote it first, under a policy that seals other values, so that its digest is of another kind.
    const isReused = !answer.ok && answer.refusal.code === 'idempotency_key_reused';
    return isReused && answer.known ? repeat(ask, answer.known) : answer;
  }

  async function repeat(ask: Ask, first: Known): Promise<Answer> {
    const same = first.approval.request.bodyDigest === (await digestRepeat(ports.keys, first, ask));
    if (same) return { ok: true, changed: false, ...first };
    const facts = { requestId: first.approval.request.requestId };
    return refuse(
      refusal('idempotency_key_reused', 'this idempotency key was used before, with another body', { facts }),
    );
  }

  return { request, preview };
}

/** With an idempotency key the same for ever, otherwise new and in order of time. */
function requestIdOf({ idempotencyKey, channel }: Ask, { principal }: Context): string {
  if (idempotencyKey === undefined) return newId();
  return derivedId(JSON.stringify([channel, principal.tenant, principal.sub, idempotencyKey]));
}

function unknownAction({ action }: Ask): Refusal {
  return refusal('unknown_action', `the policy knows no action "${action}"`);
}

function formRefusal(ask: Ask, policy: Policy, checks: PlanChecks | undefined): Refusal | null {
  return reservedKeys(ask.params) ?? closingRefusal(ask, policy, checks);
}

function reservedKeys(params: JsonObject): Refusal | null {
  const found = findReservedKeys(params);
  if (found.length === 0) return null;
  const errors = found.map((pointer) => ({
    pointer: `/params${pointer}`,
    detail: 'this name stands for sealed values',
  }));
  return refusal('reserved_member', 'parameters may have no members named $hmac or $sealed', { errors });
}

function commandFor(made: {
  ask: Ask;
  context: Context;
  requestId: string;
  policy: Policy;
  rule: ActionRule;
  now: string;
  params: JsonObject;
  key: Buffer | null;
  lineage: Lineage;
  slack: ActionRule['slack'] | undefined;
  dispatch: Plan | undefined;
}): RequestApproval {
  const { ask, context, requestId, policy, rule, now, params, key, lineage, slack, dispatch } = made;
  const { principal, via } = context;
  const { tenant, owner } = principal;
  const caller: Caller = { principal, via, authority: authorityOf(policy, personId(tenant, principal.sub)) };
  return {
    type: 'RequestApproval',
    requestId,
    now,
    caller,
    autoApprove: rule.autoApprove,
    details: {
      tenant,
      ...(owner !== undefined && { owner: personWithin(tenant, owner) }),
      ...(ask.onBehalfOf !== undefined && { onBehalfOf: personWithin(tenant, ask.onBehalfOf) }),
      action: ask.action,
      policyKey: rule.key,
      policyHash: policy.hash,
      params,
      paramsHash: paramsHashOf(params),
      ...(ask.justification !== undefined && { justification: ask.justification }),
      ...(ask.state !== undefined && { state: ask.state }),
      ...(ask.callbackUrl !== undefined && { callbackUrl: ask.callbackUrl }),
      ...(ask.closing !== undefined && { closing: ask.closing }),
      channel: ask.channel,
      ...(ask.externalId !== undefined && { externalId: ask.externalId }),
      ...lineage,
      ...(ask.idempotencyKey !== undefined && { bodyDigest: digestBody(ask, key) }),
      slate: freezeSlate(policy, rule),
      ...deadlines(rule, now),
      ...(slack && { slack }),
      ...(dispatch && { dispatch }),
    },
  };
}

function refuse(reason: Refusal): Answer {
  return { ok: false, refusal: reason };
}
