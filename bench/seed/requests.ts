import { newId } from '@countersign/application';
import {
  type ApprovalCommand,
  type ApprovalEvent,
  authorityOf,
  type Caller,
  deadlines,
  decide,
  evolve,
  freezeSlate,
  initialState,
  matchAction,
  type Policy,
  type Principal,
  paramsHashOf,
} from '@countersign/domain';
import { engineers, requesters, SERVICES } from './policy.ts';

/** Six events decide a request: asked, acknowledged, granted twice, stage completed, approved. */
export const EVENTS_OF_A_DECIDED = 6;

export interface Seeded {
  readonly requestId: string;
  /** What each command made, in order. */
  readonly appends: readonly (readonly ApprovalEvent[])[];
}

/**
 * The events of one request, made by the decider from the commands that a server would have taken.
 * @param index tells who asks for what; the same index is the same request but for its id
 * @param at when it was asked, milliseconds since 1970
 */
export function seedRequest(policy: Policy, index: number, at: number, isDecided: boolean): Seeded {
  const requestId = newId(at);
  const commands = [
    ask(policy, requestId, index, at),
    ...(isDecided ? votes(policy, requestId, index, at) : []),
  ];
  let state = initialState as Parameters<typeof evolve>[0];
  const appends = commands.map((command) => {
    const { events, refusal } = decide(command, state);
    if (refusal || events.length === 0) throw new Error(refusal?.detail ?? `${command.type} changed nothing`);
    state = events.reduce(evolve, state);
    return events;
  });
  return { requestId, appends };
}

function ask(policy: Policy, requestId: string, index: number, at: number): ApprovalCommand {
  const service = pick(SERVICES, index);
  const action = `deploy.${service}`;
  const rule = matchAction(policy, action);
  if (!rule) throw new Error(`the policy has no ${action}`);
  const params = {
    service,
    version: `2026.${index % 12}.${index % 97}`,
    replicas: 3 + (index % 9),
    region: 'eu-central-1',
  };
  const now = new Date(at).toISOString();
  return {
    type: 'RequestApproval',
    requestId,
    now,
    caller: caller(policy, person(pick(requesters, index), 'requester', 'machine')),
    autoApprove: false,
    details: {
      tenant: 'default',
      action,
      policyKey: rule.key,
      policyHash: policy.hash,
      params,
      paramsHash: paramsHashOf(params),
      justification: `Release ${index} of ${service}`,
      channel: 'guard',
      rootRequestId: requestId,
      slate: freezeSlate(policy, rule),
      ...deadlines(rule, now),
    },
  };
}

function votes(policy: Policy, requestId: string, index: number, at: number): ApprovalCommand[] {
  const engineer = (offset: number) =>
    caller(policy, person(pick(engineers, index + offset), 'approver', 'human'));
  const after = (seconds: number) => new Date(at + seconds * 1000).toISOString();
  const vote = (offset: number): ApprovalCommand => ({
    type: 'Decide',
    requestId,
    now: after(60 * offset),
    caller: engineer(offset),
    status: 'approved',
    overrideLimits: { maxKeys: 20, maxChars: 4000 },
  });
  return [
    { type: 'AcknowledgePersona', requestId, now: after(30), caller: engineer(0), persona: 'on-call' },
    vote(1),
    vote(2),
  ];
}

function caller(policy: Policy, principal: Principal): Caller {
  return { principal, via: 'api', authority: authorityOf(policy, principal.sub) };
}

function person(sub: string, role: Principal['roles'][number], kind: Principal['kind']): Principal {
  return { sub, tenant: 'default', kind, roles: [role], groups: [] };
}

function pick<T>(items: readonly T[], index: number): T {
  return items[index % items.length] as T;
}
