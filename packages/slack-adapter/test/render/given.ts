import {
  type Approval,
  type ApprovalCommand,
  type ApprovalEvent,
  type Caller,
  decide,
  fold,
  type JsonObject,
  paramsHashOf,
  type RequestDetails,
  type Slate,
  type Source,
} from '@countersign/domain';
import { expect } from '@jest/globals';
import type { Happened, Picture } from '../../src/render/types.ts';

/** One request of a small team, made and moved by the decider itself. */

export const T0 = '2026-01-01T10:00:00.000Z';
export const REQUEST = '019b0000-0000-7000-8000-000000000001';

export function at(seconds: number): string {
  return new Date(Date.parse(T0) + seconds * 1000).toISOString();
}

const TEAMS = { sre: ['bob', 'carol', 'frank'], security: ['dan', 'erin'] };
const SLACK: Readonly<Record<string, string>> = { alice: 'U0ALICE', bob: 'U0BOB', dan: 'U0DAN' };

export function group(name: keyof typeof TEAMS): Source {
  return { label: name, users: [], groups: [{ name, members: TEAMS[name] }], claims: [], admins: false };
}

export function users(...names: string[]): Source {
  return { label: names.join(' or '), users: names, groups: [], claims: [], admins: false };
}

export function slate(changes: Partial<Slate> = {}): Slate {
  return {
    personas: [],
    stages: [{ name: 'approval', require: [{ from: group('sre'), min: 2 }] }],
    denyThreshold: 1,
    superApprovers: ['alice'],
    allowSelfApproval: false,
    ...changes,
  };
}

export function caller(sub: string): Caller {
  const groups = Object.entries(TEAMS).flatMap(([name, members]) => (members.includes(sub) ? [name] : []));
  return {
    via: sub === 'carol' ? 'cli' : 'slack',
    principal: {
      sub,
      tenant: 'default',
      kind: sub === 'ci' ? 'machine' : 'human',
      roles: sub === 'ci' ? ['requester'] : ['approver'],
      groups: [],
    },
    authority: { groups, superApprover: sub === 'alice' || sub === 'gina' },
  };
}

const PARAMS: JsonObject = {
  service: 'shop',
  batchSize: 10,
  window: '22:00-23:00',
  connection: { host: 'db1', password: { $hmac: 'hmac-sha256:5ea1ed' } },
};

export function ask(changes: Partial<RequestDetails> = {}): ApprovalCommand {
  const params = changes.params ?? PARAMS;
  return {
    type: 'RequestApproval',
    requestId: REQUEST,
    now: T0,
    caller: caller('ci'),
    autoApprove: false,
    details: {
      tenant: 'default',
      action: 'deploy.production',
      policyKey: 'deploy.*',
      policyHash: `sha256:${'0123456789abcdef'.repeat(4)}`,
      params,
      paramsHash: paramsHashOf(params),
      channel: 'guard',
      rootRequestId: REQUEST,
      slate: slate(),
      expiresAt: at(3600),
      escalations: [{ rung: 0, at: at(3000), notify: ['#sre', 'bob'] }],
      ...changes,
    },
  };
}

type Loose<T> = T extends unknown ? Omit<T, 'requestId' | 'now' | 'caller' | 'overrideLimits'> : never;

export function does(
  who: string,
  wanted: Loose<Exclude<ApprovalCommand, { type: 'RequestApproval' }>>,
  seconds = 60,
): ApprovalCommand {
  const overrideLimits = { maxKeys: 5, maxChars: 500 };
  return {
    ...wanted,
    requestId: REQUEST,
    now: at(seconds),
    caller: caller(who),
    overrideLimits,
  } as ApprovalCommand;
}

export const approves = (who: string, more: { note?: string; stage?: string; overrides?: JsonObject } = {}) =>
  does(who, { type: 'Decide', status: 'approved', ...more });
export const denies = (who: string, note?: string) =>
  does(who, { type: 'Decide', status: 'denied', ...(note !== undefined && { note }) });
export const acknowledges = (who: string, persona: string) =>
  does(who, { type: 'AcknowledgePersona', persona });
/** The clock's own doing, at the rung and past the deadline. */
export const escalates: ApprovalCommand = {
  type: 'EscalateRequest',
  requestId: REQUEST,
  now: at(3000),
  rung: 0,
};
export const expires: ApprovalCommand = { type: 'ExpireRequest', requestId: REQUEST, now: at(3700) };

export interface Given {
  readonly picture: Picture;
  readonly happened: readonly Happened[];
}

/** What a row of commands leads to; every one has to be accepted. Seen a minute after the last. */
export function given(commands: readonly ApprovalCommand[], changes: Partial<Picture> = {}): Given {
  const events: ApprovalEvent[] = [];
  for (const next of commands) {
    const outcome = decide(next, fold(events));
    expect(outcome.refusal).toBeUndefined();
    events.push(...outcome.events);
  }
  const approval = fold(events) as Approval;
  return {
    picture: {
      approval,
      revision: events.length - 1,
      now: new Date(Date.parse(approval.updatedAt) + 60_000).toISOString(),
      description: 'Roll a release out to production',
      slackIdOf: (person) => SLACK[person],
      ...changes,
    },
    happened: events.map((event, revision) => ({ event, revision })),
  };
}

export function picture(commands: readonly ApprovalCommand[], changes: Partial<Picture> = {}): Picture {
  return given(commands, changes).picture;
}
