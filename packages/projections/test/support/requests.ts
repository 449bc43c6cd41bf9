import {
  type ApprovalCommand,
  type ApprovalEvent,
  type ApprovalState,
  type Caller,
  decide,
  evolve,
  hashOf,
  initialState,
  type RequestDetails,
  type Role,
} from '@countersign/domain';
import { type PlanAsked, withPlan } from './plans.ts';
import { GROUPS, SLATES, type SlateName } from './slates.ts';

/** Time as tests count it: seconds since a fixed moment. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 1) + Math.round(seconds * 1000)).toISOString();
}

export const PEOPLE = ['alice', 'bob', 'carol', 'dan', 'erin', 'frank', 'robot'];

export function caller(
  sub: string,
  roles: Role[] = ['requester', 'approver'],
  groups: string[] = [],
): Caller {
  return {
    principal: { sub, tenant: 'default', kind: sub === 'robot' ? 'machine' : 'human', roles, groups },
    via: 'api',
    authority: {
      groups: Object.keys(GROUPS).filter((name) => GROUPS[name]?.includes(sub)),
      superApprover: sub === 'alice',
    },
  };
}

export interface Asking {
  readonly slate?: SlateName;
  readonly requester?: string;
  readonly tenant?: string;
  readonly details?: Partial<RequestDetails>;
  /** Something is carried out once it is approved. */
  readonly plan?: PlanAsked;
  /** Nobody is asked. */
  readonly automatic?: boolean;
  /** Seconds until it expires. */
  readonly timeout?: number;
}

/** A request driven by commands through the decider, so that its stream is one the ledger could hold. */
export interface Driven {
  readonly requestId: string;
  readonly events: ApprovalEvent[];
  readonly state: ApprovalState;
  /** Returns whether the decider wrote anything. */
  command(command: ApprovalCommand): boolean;
}

export function ask(requestId: string, seconds: number, asking: Asking = {}): Driven {
  const events: ApprovalEvent[] = [];
  let state: ApprovalState = initialState;
  const driven: Driven = {
    requestId,
    events,
    get state() {
      return state;
    },
    command(command) {
      const outcome = decide(command, state);
      const written = 'events' in outcome ? outcome.events : [];
      for (const event of written) {
        state = evolve(state, event);
        events.push(event);
      }
      return written.length > 0;
    },
  };
  const { requester = 'frank' } = asking;
  driven.command({
    type: 'RequestApproval',
    requestId,
    now: at(seconds),
    caller: caller(requester),
    autoApprove: asking.automatic ?? false,
    details: details(requestId, seconds, asking),
  });
  if (events.length === 0) throw new Error(`the decider refused to begin ${requestId}`);
  return driven;
}

function details(requestId: string, seconds: number, asking: Asking): RequestDetails {
  const { slate = 'simple', timeout = 3600 } = asking;
  const asked = { size: 1, target: `host-${requestId}` };
  const { params, ...plan } = asking.plan ? withPlan(asked, asking.plan) : { params: asked };
  return {
    tenant: asking.tenant ?? 'default',
    action: `act.${slate}`,
    policyKey: 'act.*',
    policyHash: hashOf('policy'),
    params,
    paramsHash: hashOf(params),
    channel: 'guard',
    rootRequestId: requestId,
    slate: SLATES[slate],
    expiresAt: at(seconds + timeout),
    escalations: [{ rung: 0, at: at(seconds + timeout / 2), notify: ['#sre'] }],
    ...plan,
    ...asking.details,
  };
}
