import type { SimulatedUser } from '../types.ts';
import type { Identity } from './identity.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string | undefined;
  readonly emailConfirmed: boolean;
  readonly isGuest: boolean;
  readonly teamId: string;
  /** Of another team: Slack shows less of them. */
  readonly isStranger: boolean;
  readonly isDeleted: boolean;
  readonly isBot: boolean;
}

export interface People {
  all(): readonly Person[];
  /** By id: `U0ALICE`. */
  get(id: string): Person | undefined;
  /** By id or name. */
  find(idOrName: string): Person | undefined;
  byEmail(email: string): Person | undefined;
}

/** @throws Error when a user's id is not one, or stands there twice */
export function peopleOf(users: readonly SimulatedUser[], identity: Identity): People {
  const people = new Map<string, Person>();
  for (const user of users) {
    if (!/^[UW][A-Z0-9]+$/.test(user.id)) {
      throw new Error(
        `user id ${JSON.stringify(user.id)}: must begin with U or W, then capital letters and digits`,
      );
    }
    if (people.has(user.id)) throw new Error(`user id ${user.id} stands there twice`);
    people.set(user.id, personOf(user, identity));
  }
  const bot = personOf({ id: identity.botUserId, name: identity.appName, isBot: true }, identity);
  people.set(bot.id, bot);
  const all = [...people.values()];
  return {
    all: () => all,
    get: (id) => people.get(id),
    find: (idOrName) => people.get(idOrName) ?? all.find((person) => person.name === idOrName),
    byEmail: (email) => all.find((person) => person.email?.toLowerCase() === email.toLowerCase()),
  };
}

function personOf(user: SimulatedUser, identity: Identity): Person {
  const teamId = user.teamId ?? identity.teamId;
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    emailConfirmed: user.emailConfirmed ?? true,
    isGuest: user.isGuest ?? false,
    teamId,
    isStranger: teamId !== identity.teamId,
    isDeleted: user.deleted ?? false,
    isBot: user.isBot ?? false,
  };
}
