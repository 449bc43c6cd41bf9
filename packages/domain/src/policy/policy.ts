import type { Authority } from '../approval/eligibility.ts';
import type { Escalation, Slate } from '../approval/slate.ts';
import type { Hash } from '../canonical/hash.ts';
import type { JsonObject } from '../canonical/json.ts';
import type { PersonId, Role } from '../principal.ts';
import { ACTION_NAME } from './model.ts';

/** A policy as the program asks it: every name resolved, every default filled in, nothing ever changed. */
export interface Policy {
  readonly hash: Hash;
  readonly file: string;
  /** What the hash covers, and what `PolicyActivated` keeps. */
  readonly text: string;
  /** Schema files the policy names: path as written there → text. */
  readonly schemas: Readonly<Record<string, string>>;
  readonly superApprovers: readonly PersonId[];
  readonly groups: ReadonlyMap<string, Group>;
  /** Rules in the file's order. */
  readonly rules: readonly ActionRule[];
  readonly exact: ReadonlyMap<string, ActionRule>;
  /** Rules whose key ends in `*`, the longest first. */
  readonly prefixes: readonly ActionRule[];
  readonly people: ReadonlyMap<PersonId, LinkedPerson>;
  readonly peopleBySlack: ReadonlyMap<string, LinkedPerson>;
  /** Keys in lower case. */
  readonly peopleByEmail: ReadonlyMap<string, LinkedPerson>;
  readonly authorities: ReadonlyMap<PersonId, Authority>;
  /** `host`, `*.host`, `host:port`. */
  readonly callbackHosts: readonly string[];
}

export interface Group {
  readonly name: string;
  readonly members: readonly PersonId[];
  /** Whoever's token claims the group belongs to it as well. */
  readonly claim: boolean;
}

export interface LinkedPerson {
  readonly person: PersonId;
  /** `team id/user id`. */
  readonly slack?: string;
  readonly email?: string;
  readonly roles: readonly Role[];
}

export interface PlanStep {
  readonly connector: string;
  readonly operation: string;
  readonly input: JsonObject;
}

/** What the policy says of the actions that one of its keys matches. */
export interface ActionRule {
  /** As the policy writes it; what metrics are labelled with. */
  readonly key: string;
  readonly description?: string;
  readonly autoApprove: boolean;
  /** Ready to be frozen into a request. */
  readonly slate: Slate;
  readonly timeoutSec: number;
  /** In order of due time: the largest `beforeSec` first. */
  readonly escalation: readonly { readonly beforeSec: number; readonly notify: readonly string[] }[];
  /** Absent: repeats are unlimited. */
  readonly reRequest?: { readonly cooldownSec: number; readonly maxPerHour?: number };
  readonly redact: readonly string[];
  readonly personal: readonly string[];
  readonly slack?: { readonly channel: string };
  readonly plan?: readonly PlanStep[];
  /** The caller brings the plan, in `payload.steps`. */
  readonly callerPlan: boolean;
  /** Where nobody is asked, `on-approval` unless the policy says otherwise. */
  readonly dispatch: 'manual' | 'on-approval';
  /** How long an approval may wait for its dispatch; absent: for ever. */
  readonly validForSec?: number;
}

/** The rule for an action: an exact key wins, then the longest prefix. Undefined for what the policy does not know. */
export function matchAction(policy: Policy, action: string): ActionRule | undefined {
  const exact = policy.exact.get(action);
  if (exact || !ACTION_NAME.test(action)) return exact;
  return policy.prefixes.find((rule) => action.startsWith(rule.key.slice(0, -1)));
}

/** The slate of a request made now: who may acknowledge and approve, by name. The same frozen object each time. */
export function freezeSlate(_policy: Policy, rule: ActionRule): Slate {
  return rule.slate;
}

/**
 * When a request made at a moment expires, and when each rung of its escalation is due.
 * @param requestedAt RFC 3339
 * @returns RFC 3339, UTC, milliseconds
 */
export function deadlines(
  rule: ActionRule,
  requestedAt: string,
): { expiresAt: string; escalations: Escalation[] } {
  const expiry = Date.parse(requestedAt) + rule.timeoutSec * 1000;
  const escalations = rule.escalation.map(({ beforeSec, notify }, rung) => ({
    rung,
    at: new Date(expiry - beforeSec * 1000).toISOString(),
    notify: [...notify],
  }));
  return { expiresAt: new Date(expiry).toISOString(), escalations };
}

const NOBODY: Authority = Object.freeze({ groups: Object.freeze([]), superApprover: false });

/** What this policy says of a person. The same object each time. */
export function authorityOf(policy: Policy, person: PersonId): Authority {
  return policy.authorities.get(person) ?? NOBODY;
}

/** @param slack `team id/user id` */
export function personBySlack(policy: Policy, slack: string): LinkedPerson | undefined {
  return policy.peopleBySlack.get(slack);
}

export function personByEmail(policy: Policy, email: string): LinkedPerson | undefined {
  return policy.peopleByEmail.get(email.toLowerCase());
}

export function linkedPerson(policy: Policy, person: PersonId): LinkedPerson | undefined {
  return policy.people.get(person);
}

/** Why a callback URL can't be accepted, in words; null when the policy allows it. */
export function callbackFault(policy: Policy, url: string): string | null {
  const parsed = URL.parse(url);
  if (!parsed) return 'is not an absolute URL';
  if (parsed.protocol !== 'https:') return 'must start with https://';
  if (parsed.username !== '' || parsed.password !== '') return 'must not hold a user name or password';
  const allowed = policy.callbackHosts.some((host) =>
    host.startsWith('*.') ? parsed.host.endsWith(host.slice(1)) : parsed.host === host,
  );
  return allowed ? null : `host ${parsed.host} is not in the policy's callbacks.allow`;
}
