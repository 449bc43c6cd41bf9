/** Who is calling, as the token or key says. */

export const ROLES = ['requester', 'approver', 'admin', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export const DEFAULT_TENANT = 'default';

export interface Principal {
  readonly sub: string;
  readonly tenant: string;
  readonly kind: 'human' | 'machine';
  readonly roles: readonly Role[];
  /** Groups that the token itself claims; only sources written `{ claim: true }` look at them. */
  readonly groups: readonly string[];
  /** The person an API key belongs to; counts as requester wherever self-approval is judged. */
  readonly owner?: string;
  readonly scopes?: readonly string[];
}

/**
 * A person (or machine) as policies and events write it: `alice` in the default tenant, `acme/alice` elsewhere.
 * A default-tenant subject that itself holds a slash is written with its tenant, so that it can never read as
 * somebody of another tenant.
 */
export type PersonId = string;

export function personId(tenant: string, sub: string): PersonId {
  return tenant === DEFAULT_TENANT && !sub.includes('/') ? sub : `${tenant}/${sub}`;
}

/**
 * A person whom somebody names within a tenant: `alice`, or, as policies and answers write her, `acme/alice`. Both
 * must be one person, or self-approval would be judged of somebody who does not exist.
 */
export function personWithin(tenant: string, name: string): PersonId {
  const own = `${tenant}/`;
  return personId(tenant, name.startsWith(own) && name !== own ? name.slice(own.length) : name);
}

/** The name a policy wrote, in the one form that `personId` gives: `default/alice` is `alice`. */
export function normalisePersonName(name: string): PersonId {
  const slash = name.indexOf('/');
  return slash === -1 ? name : personId(name.slice(0, slash), name.slice(slash + 1));
}

export function tenantOf(person: PersonId): string {
  const slash = person.indexOf('/');
  return slash === -1 ? DEFAULT_TENANT : person.slice(0, slash);
}

/** The way a command came in. */
export const VIAS = ['api', 'cli', 'slack', 'console', 'email', 'webhook', 'timer', 'system'] as const;
export type Via = (typeof VIAS)[number];

/** Who did something, as events record it. */
export interface Actor {
  readonly sub: PersonId;
  readonly kind: 'human' | 'machine' | 'system';
  readonly via: Via;
}
