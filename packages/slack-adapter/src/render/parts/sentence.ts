import { capital, code, prose } from '../text/mrkdwn.ts';
import { boldPerson } from '../text/people.ts';
import type { Picture } from '../types.ts';
import { headlineSeen } from './headline.ts';
import { isOpen } from './seen.ts';

const MAX_ACTION = 210;
const MAX_DESCRIPTION = 600;
const MAX_NAME = 60;

/** "*ci* asks to run `deploy.production` — Roll a release out to production." */
export function sentence(picture: Picture): string {
  const { by, action } = picture.approval.request;
  const asks = isOpen(picture) ? 'asks' : 'asked';
  return `${boldPerson(picture, by.sub)} ${asks} to run ${code(action, MAX_ACTION)}${purpose(picture)}`;
}

/** The same for a notification, with the state: "ci asks to run deploy.production — …. Waits for approval." */
export function spokenSentence(picture: Picture): string {
  const { by, action } = picture.approval.request;
  const asks = isOpen(picture) ? 'asks' : 'asked';
  const what = `${prose(by.sub, MAX_NAME)} ${asks} to run ${prose(action, MAX_ACTION)}${purpose(picture)}`;
  const { emoji, words } = headlineSeen(picture);
  return `${emoji} ${what} ${capital(words)}.`;
}

function purpose({ description }: Picture): string {
  const words = prose(description ?? '', MAX_DESCRIPTION);
  if (description === undefined || description.trim() === '') return '.';
  return ` — ${words}${/[.!?…]$/.test(words) ? '' : '.'}`;
}
