import type { Principal } from '../principal.ts';
import { type PersonId, personId, tenantOf } from '../principal.ts';
import { assign, type Voter } from './matching.ts';
import type { Slate, Source, Stage } from './slate.ts';

/** What the policy now in force, and the caller's token, say of a person: data for the decider. */
export interface Authority {
  /** Groups of the active policy that list the person. */
  readonly groups: readonly string[];
  /** Whether the active policy lists the person as super-approver. */
  readonly superApprover: boolean;
}

export interface Standing {
  /** Requirements of the stage that the person fits; empty for none. */
  readonly fills: readonly number[];
  readonly superApprover: boolean;
}

/** Frozen on the slate *and* still what it takes: a person who has left a group since fits none of its places. */
export function fits(source: Source, principal: Principal, authority: Authority): boolean {
  const person = personId(principal.tenant, principal.sub);
  return (
    source.users.includes(person) ||
    source.groups.some((g) => g.members.includes(person) && authority.groups.includes(g.name)) ||
    source.claims.some((claim) => principal.groups.includes(claim)) ||
    (source.admins && principal.roles.includes('admin'))
  );
}

/** Listed when the request was made, whatever has become of the group since. */
export function wasListed(source: Source, person: PersonId): boolean {
  return source.users.includes(person) || source.groups.some((group) => group.members.includes(person));
}

export function isSuperApprover(slate: Slate, principal: Principal, authority: Authority): boolean {
  return slate.superApprovers.includes(personId(principal.tenant, principal.sub)) && authority.superApprover;
}

/** Where a person stands in one stage. A super-approver fits every place. */
export function standingIn(stage: Stage, slate: Slate, principal: Principal, authority: Authority): Standing {
  if (isSuperApprover(slate, principal, authority)) {
    return { fills: stage.require.map((_, index) => index), superApprover: true };
  }
  const fills = stage.require.flatMap((r, index) => (fits(r.from, principal, authority) ? [index] : []));
  return { fills, superApprover: false };
}

/** Everybody the slate names, once each. */
export function slateMembers(slate: Slate): PersonId[] {
  const sources = [
    ...slate.stages.flatMap((s) => s.require.map((r) => r.from)),
    ...slate.personas.map((p) => p.from),
  ];
  const people = sources.flatMap((source) => [...source.users, ...source.groups.flatMap((g) => g.members)]);
  return [...new Set([...people, ...slate.superApprovers])];
}

/**
 * The first thing on the slate that nobody could ever give, in words; null when all can be met. Judged by the same
 * matching as votes, among people of the request's tenant, without those who may not vote on it. Claimed groups
 * and "any admin" count as satisfiable: who carries them is not known beforehand.
 */
export function findUnmeetable(slate: Slate, tenant: string, excluded: ReadonlySet<PersonId>): string | null {
  const { members, byTenant } = knownOf(slate);
  if (!slate.allowSelfApproval && [...excluded].some((person) => members.has(person))) {
    return judgeMeetable(slate, tenant, excluded);
  }
  let judged = byTenant.get(tenant);
  if (judged === undefined) {
    judged = judgeMeetable(slate, tenant, new Set());
    byTenant.set(tenant, judged);
  }
  return judged;
}

interface Known {
  readonly members: ReadonlySet<PersonId>;
  /** Judged without anybody excluded. */
  readonly byTenant: Map<string, string | null>;
}

/** Requests under one rule share one slate, which is never changed: it is judged once, not for each of them. */
const judgedSlates = new WeakMap<Slate, Known>();

function knownOf(slate: Slate): Known {
  const known = judgedSlates.get(slate) ?? { members: new Set(slateMembers(slate)), byTenant: new Map() };
  if (Object.isFrozen(slate)) judgedSlates.set(slate, known);
  return known;
}

function judgeMeetable(slate: Slate, tenant: string, barred: ReadonlySet<PersonId>): string | null {
  const sameTenant = (person: PersonId) => tenantOf(person) === tenant;
  for (const persona of slate.personas) {
    if (!isOpenEnded(persona.from) && !membersOf(persona.from).some(sameTenant)) {
      return `persona "${persona.name}" (${persona.from.label}): nobody can acknowledge it`;
    }
  }
  for (const stage of slate.stages) {
    const candidates = slateMembers({ ...slate, personas: [], stages: [stage] }).filter(
      (person) => sameTenant(person) && !barred.has(person),
    );
    const closed = stage.require.filter((r) => !isOpenEnded(r.from));
    const got = assign(closed, fillsByName(closed, slate, candidates));
    for (const [index, requirement] of closed.entries()) {
      const possible = got[index] ?? 0;
      if (possible < requirement.min) {
        return `stage "${stage.name}" needs ${requirement.min} of ${requirement.from.label}, but only ${possible} could approve`;
      }
    }
  }
  return null;
}

/** Sets, because this is asked for everybody in every group whenever a request is made. */
function fillsByName(requirements: Stage['require'], slate: Slate, people: readonly PersonId[]): Voter[] {
  const anyPlace = new Set(slate.superApprovers);
  const listed = requirements.map((requirement) => new Set(membersOf(requirement.from)));
  return people.map((person) => ({
    fills: listed.flatMap((names, index) => (anyPlace.has(person) || names.has(person) ? [index] : [])),
  }));
}

function isOpenEnded(source: Source): boolean {
  return source.claims.length > 0 || source.admins;
}

function membersOf(source: Source): PersonId[] {
  return [...source.users, ...source.groups.flatMap((group) => group.members)];
}
