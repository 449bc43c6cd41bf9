import { type Principal, personId, personWithin } from '../principal.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { Caller } from './commands.ts';
import { fits, isSuperApprover, standingIn, wasListed } from './eligibility.ts';
import type { Approval } from './state.ts';

/** The rules that more than one command obeys. Each gives the refusal that stops the command, or null. */

export function mustBeHuman({ principal }: Caller): Refusal | null {
  if (principal.kind === 'human') return null;
  return refusal(
    'machine_may_not_decide',
    `${principal.sub} is a machine: machines may ask, only people decide`,
  );
}

export function mustBeDecider({ principal }: Caller): Refusal | null {
  if (principal.roles.includes('approver') || principal.roles.includes('admin')) return null;
  return refusal('role_missing', 'deciding needs the role approver or admin', {
    facts: { allowed: ['approver', 'admin'] },
  });
}

/** Carrying out, and saying what was carried out, is for admins. */
export function mustBeAdmin({ principal }: Caller): Refusal | null {
  if (principal.roles.includes('admin')) return null;
  return refusal('role_missing', 'dispatching needs the role admin', { facts: { allowed: ['admin'] } });
}

/** Characters that a reason must have at least. */
export const MIN_REASON = 10;

/** @param pointer where in the command the reason stands */
export function tooShort(what: string, pointer: string): Refusal {
  const detail = `at least ${MIN_REASON} characters`;
  return refusal('reason_too_short', `${what} needs a reason of ${detail}`, {
    errors: [{ pointer, detail }],
  });
}

/** Who asked, for whom, and whose key it was: none of them judges the request, unless the policy lets them. */
export function requesters(state: Approval): ReadonlySet<string> {
  const { by, owner, onBehalfOf } = state.request;
  return new Set([by.sub, ...(owner ? [owner] : []), ...(onBehalfOf ? [onBehalfOf] : [])]);
}

/** The caller as a requester would be named: themself, and the owner of the key they call with. */
export function identities(principal: Principal): string[] {
  const { tenant, sub, owner } = principal;
  return owner ? [personId(tenant, sub), personWithin(tenant, owner)] : [personId(tenant, sub)];
}

export function isRequester(state: Approval, { principal }: Caller): boolean {
  const asked = requesters(state);
  return identities(principal).some((identity) => asked.has(identity));
}

export function mustNotBeRequester(state: Approval, caller: Caller): Refusal | null {
  if (state.request.slate.allowSelfApproval || !isRequester(state, caller)) return null;
  return refusal('self_approval', 'the requester has no vote on the own request; cancelling it is possible');
}

/** On the frozen slate, and still in what put them there. */
export function mustStandOnSlate(state: Approval, { principal, authority }: Caller): Refusal | null {
  const { slate } = state.request;
  if (isSuperApprover(slate, principal, authority)) return null;
  if (slate.stages.some((stage) => standingIn(stage, slate, principal, authority).fills.length > 0))
    return null;
  const person = personId(principal.tenant, principal.sub);
  const sources = slate.stages.flatMap((stage) => stage.require.map((requirement) => requirement.from));
  if (slate.superApprovers.includes(person) || sources.some((source) => wasListed(source, person))) {
    return refusal(
      'left_group',
      `${person} was an approver when this was asked, but is in none of its groups any more`,
    );
  }
  const labels = [...new Set(sources.map((source) => source.label))];
  return refusal(
    'not_on_slate',
    `${person} is not an approver of this request; approvers are: ${labels.join(', ') || 'nobody'}`,
    {
      facts: { approvers: labels },
    },
  );
}

export function mustHoldPersona(
  state: Approval,
  persona: string,
  { principal, authority }: Caller,
): Refusal | null {
  const from = state.request.slate.personas.find((p) => p.name === persona)?.from;
  if (!from) {
    const known = state.request.slate.personas.map((p) => p.name);
    return refusal(
      'unknown_persona',
      `this request waits for no persona "${persona}"; it has: ${known.join(', ') || 'none'}`,
      {
        facts: { personas: known },
      },
    );
  }
  if (fits(from, principal, authority)) return null;
  const person = personId(principal.tenant, principal.sub);
  const code = wasListed(from, person) ? 'left_group' : 'not_on_slate';
  return refusal(code, `${person} may not acknowledge for "${persona}"; that is for: ${from.label}`);
}

export function mustBeUndecided(state: Approval): Refusal | null {
  const { decision } = state;
  if (!decision) return null;
  const { outcome, by, at } = decision;
  return refusal('already_decided', `the request was ${outcome} by ${by} at ${at}`, {
    facts: { outcome, by, at },
  });
}

/** The first refusal that applies. */
export function firstRefusal(...checks: (Refusal | null)[]): Refusal | null {
  return checks.find((check) => check !== null) ?? null;
}
