import type { Clock, PolicyRegister } from '@countersign/application';
import {
  DEFAULT_TENANT,
  type LinkedPerson,
  linkedPerson,
  type PersonId,
  type Policy,
  type Principal,
  personByEmail,
  personBySlack,
  tenantOf,
} from '@countersign/domain';
import type { Web } from '../web/types.ts';
import type { Clicker } from './clicker.ts';
import { createEmailLookup } from './email-of.ts';

export { SlackSilent } from './email-of.ts';

export interface Identified {
  readonly principal: Principal;
  /** False for somebody of whom the policy knows nothing: every rule will refuse them, and say so. */
  readonly isLinked: boolean;
}

export interface People {
  /**
   * Who a user of Slack is to the policy now in force.
   * @throws LedgerUnavailable, SlackSilent
   */
  identify(clicker: Clicker): Promise<Identified>;
}

/** @param options.matchEmail whom the policy does not know by Slack id, it may know by e-mail address */
export function createPeople(options: {
  readonly policies: Pick<PolicyRegister, 'inForce'>;
  readonly web: Pick<Web, 'usersInfo' | 'teamId'>;
  readonly clock: Clock;
  readonly matchEmail: boolean;
}): People {
  const { policies, web, clock, matchEmail } = options;
  const emailOf = createEmailLookup(web, clock);

  async function byEmail(clicker: Clicker): Promise<LinkedPerson | undefined> {
    const email = matchEmail ? await emailOf(clicker) : null;
    const person = email === null ? undefined : personByEmail(policies.inForce(), email);
    // Somebody who is known by a Slack id is nobody else, whatever address another user has.
    return person?.slack === undefined ? person : undefined;
  }

  return {
    async identify(clicker) {
      const { team, user } = clicker;
      const person = personBySlack(policies.inForce(), `${team}/${user}`) ?? (await byEmail(clicker));
      return person
        ? { principal: principalOf(person), isLinked: true }
        : { principal: nobody(clicker), isLinked: false };
    },
  };
}

/**
 * The user id, in one workspace, of a person whom the policy links to Slack; undefined for everybody else.
 * @param teamId of the workspace
 */
export function slackIdOf(policy: Policy, person: PersonId, teamId: string): string | undefined {
  const [team, user] = linkedPerson(policy, person)?.slack?.split('/') ?? [];
  return team === teamId ? user : undefined;
}

/** Groups that a token would claim are unknown here: nobody has shown one. */
function principalOf({ person, roles }: LinkedPerson): Principal {
  const tenant = tenantOf(person);
  const sub = person.includes('/') ? person.slice(tenant.length + 1) : person;
  return { sub, tenant, kind: 'human', roles, groups: [] };
}

/** Holds no role, so that it is the decider who refuses, and the ledger that remembers. */
function nobody({ team, user }: Clicker): Principal {
  return { sub: `slack:${team}:${user}`, tenant: DEFAULT_TENANT, kind: 'human', roles: [], groups: [] };
}
