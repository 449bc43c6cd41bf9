import {
  type ApprovalCommand,
  type ApprovalEvent,
  type ApprovalState,
  type Authority,
  type Caller,
  decide,
  fold,
  type Outcome,
  type Principal,
  paramsHashOf,
  type RefusalCode,
  type RequestApproval,
  type RequestDetails,
  type Slate,
  type Source,
} from '@countersign/domain';
import { expect } from '@jest/globals';

/** Given these events, when this command, then those events (or that refusal). */

export const T0 = '2026-01-01T10:00:00.000Z';
export const REQUEST = '019b0000-0000-7000-8000-000000000001';

/** `T0` plus seconds. */
export function at(seconds: number): string {
  return new Date(Date.parse(T0) + seconds * 1000).toISOString();
}

const TEAMS: Record<string, string[]> = { sre: ['bob', 'carol', 'frank'], security: ['dan', 'erin', 'bob'] };

export function groups(...names: string[]): Source {
  return {
    label: names.join(' or '),
    users: [],
    groups: names.map((name) => ({ name, members: TEAMS[name] ?? [] })),
    claims: [],
    admins: false,
  };
}

export function users(...names: string[]): Source {
  return { label: names.join(' or '), users: names, groups: [], claims: [], admins: false };
}

export function slate(changes: Partial<Slate> = {}): Slate {
  return {
    personas: [],
    stages: [{ name: 'approval', require: [{ from: groups('sre'), min: 2 }] }],
    denyThreshold: 1,
    superApprovers: ['alice'],
    allowSelfApproval: false,
    ...changes,
  };
}

export function person(
  sub: string,
  changes: Partial<Principal> = {},
  authority: Partial<Authority> = {},
): Caller {
  const listed = Object.entries(TEAMS).flatMap(([name, members]) => (members.includes(sub) ? [name] : []));
  return {
    via: 'api',
    principal: { sub, tenant: 'default', kind: 'human', roles: ['approver'], groups: [], ...changes },
    authority: { groups: listed, superApprover: sub === 'alice', ...authority },
  };
}

export const ci: Caller = person('ci', { kind: 'machine', roles: ['requester'] });

const PARAMS = { service: 'shop', batchSize: 10, window: 'night' };

export function ask(changes: Partial<RequestDetails> = {}, caller: Caller = ci, now = T0): RequestApproval {
  const params = changes.params ?? PARAMS;
  return {
    type: 'RequestApproval',
    requestId: REQUEST,
    now,
    caller,
    autoApprove: false,
    details: {
      tenant: 'default',
      action: 'deploy.production',
      policyKey: 'deploy.*',
      policyHash: 'sha256:00',
      params,
      paramsHash: paramsHashOf(params),
      channel: 'guard',
      rootRequestId: REQUEST,
      slate: slate(),
      expiresAt: at(3600),
      escalations: [{ rung: 0, at: at(3000), notify: ['#sre'] }],
      ...changes,
    },
  };
}

type Loose<T> = T extends unknown ? Omit<T, 'requestId' | 'now' | 'caller' | 'overrideLimits'> : never;
export type Wanted = Loose<Exclude<ApprovalCommand, { type: 'RequestApproval' }>>;

/** A command on the one request, by somebody, at `T0` plus seconds. */
export function command(wanted: Wanted, caller: Caller = person('bob'), seconds = 60): ApprovalCommand {
  const overrideLimits = { maxKeys: 5, maxChars: 500 };
  return { ...wanted, requestId: REQUEST, now: at(seconds), caller, overrideLimits } as ApprovalCommand;
}

export const approve = (who: string | Caller, more: object = {}, seconds = 60) =>
  command(
    { type: 'Decide', status: 'approved', ...more },
    typeof who === 'string' ? person(who) : who,
    seconds,
  );
export const deny = (who: string | Caller, more: object = {}, seconds = 60) =>
  command(
    { type: 'Decide', status: 'denied', ...more },
    typeof who === 'string' ? person(who) : who,
    seconds,
  );
export const acknowledge = (who: string | Caller, persona: string, seconds = 60) =>
  command({ type: 'AcknowledgePersona', persona }, typeof who === 'string' ? person(who) : who, seconds);

/** The events that a row of commands leads to; every one of them has to be accepted. */
export function given(...commands: ApprovalCommand[]): ApprovalEvent[] {
  const events: ApprovalEvent[] = [];
  for (const next of commands) {
    const outcome = decide(next, fold(events));
    expect(outcome.refusal).toBeUndefined();
    events.push(...outcome.events);
  }
  return events;
}

export function when(
  events: ApprovalEvent[],
  next: ApprovalCommand,
): Outcome & { types: string[]; state: ApprovalState } {
  const outcome = decide(next, fold(events));
  return {
    ...outcome,
    types: outcome.events.map((event) => event.type),
    state: fold([...events, ...outcome.events]),
  };
}

export function thenRefused(outcome: Outcome, code: RefusalCode): void {
  expect(outcome.refusal?.code).toBe(code);
  expect(outcome.refusal?.detail).not.toBe('');
}
