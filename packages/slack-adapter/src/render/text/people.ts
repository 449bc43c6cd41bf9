import { normalisePersonName, type PersonId } from '@countersign/domain';
import type { Picture } from '../types.ts';
import { joinWithin } from './join.ts';
import { bold, prose } from './mrkdwn.ts';

type Directory = Pick<Picture, 'slackIdOf'>;

const MAX_NAME = 60;
const MAX_LISTED = { parts: 10, width: 300 };

/** A mention where the person is of this workspace, else the name. */
export function person(of: Directory, id: PersonId): string {
  return mention(of, id) ?? prose(id, MAX_NAME);
}

/** The same, where the name stands out. */
export function boldPerson(of: Directory, id: PersonId): string {
  return mention(of, id) ?? bold(id, MAX_NAME);
}

/** `@alice, @bob and 7 more`; nothing for nobody. */
export function people(of: Directory, ids: readonly PersonId[]): string {
  const named = [...new Set(ids)].map((id) => person(of, id));
  return joinWithin(named, ', ', MAX_LISTED);
}

/** Whom a policy says to notify: people it links are mentioned, channels and other words are written. */
export function notified(of: Directory, entries: readonly string[]): string {
  const named = entries.map((entry) => mention(of, normalisePersonName(entry)) ?? prose(entry, MAX_NAME));
  return joinWithin(named, ', ', MAX_LISTED);
}

function mention({ slackIdOf }: Directory, id: PersonId): string | null {
  const user = slackIdOf(id);
  return user !== undefined && /^[UW][A-Z0-9]{1,30}$/.test(user) ? `<@${user}>` : null;
}
