import { SlackError } from '../../workspace/slack-error.ts';
import { userShape } from '../shapes.ts';
import type { Method } from './method.ts';

export const info: Method = ({ people }, args) => {
  const person = people.get(args.needed('user'));
  if (!person) throw new SlackError('user_not_found');
  return { user: userShape(person) };
};

/** Deactivated people and other teams' are not found by their address. */
export const lookupByEmail: Method = ({ people }, args) => {
  const person = people.byEmail(args.needed('email'));
  if (!person || person.isDeleted || person.isStranger) throw new SlackError('users_not_found');
  return { user: userShape(person) };
};
