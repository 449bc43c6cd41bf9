import type { Refusal, RefusalCode } from '@countersign/domain';
import { date, utc } from '../render/text/date.ts';
import { plain, prose } from '../render/text/mrkdwn.ts';

/** What is said privately, where no rule said no. */
export const TEXTS = {
  busy: 'Too much is under way just now. Nothing was recorded; try again in a moment.',
  broken: 'This could not be recorded. Look at the message, and try again.',
  ledgerSilent: 'The ledger does not answer; nothing was recorded. Try again in a moment.',
  outcomeUnknown:
    'The ledger did not answer in time: whether this was recorded is not known. Look at the message; doing it again is harmless.',
  slackSilent: 'Slack did not say who you are; nothing was recorded. Try again in a moment.',
  outdated: 'Not done: this message is out of date. Look at the request as it is now.',
  noForm: 'Slack did not open the form; nothing was recorded. Click again.',
  noSuchRequest: 'Not done: there is no such request.',
  nothingAcknowledged: 'Not done: this request has no personas, so there is nothing to withdraw.',
} as const;

/**
 * What Slack says of a refusal, where the rule's own sentence does not tell somebody who looks at a message what to
 * do. The one table of it; codes that are not in it are told by their sentence alone.
 */
const SAYINGS: { readonly [C in RefusalCode]?: string } = {
  stale_plan:
    'the parameters have changed since this was drawn; look at them as they are now, and decide again',
  stale_revision: 'the request has changed since this was drawn; look at it as it is now',
  stage_required: 'this message is out of date; look at the request as it is now',
  overrides_not_allowed: 'the policy allows no edits of this action; approve it as it is, or deny it',
};

export const UNLINKED =
  'Your Slack account is not linked to a person of the policy; whoever keeps the policy can add it.';

/** One line, plain words. @param isLinked whether the policy knows whoever is told */
export function notDone({ code, detail }: Refusal, isLinked: boolean): string {
  const saying = `Not done: ${SAYINGS[code] ?? detail}.`;
  return isLinked ? saying : `${saying} ${UNLINKED}`;
}

const INSTANT = /(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)/;
const MAX = 2500;

/** A sentence of ours or of a rule as mrkdwn: its moments in the reader's zone, and nothing of it formatting. */
export function asMrkdwn(text: string): string {
  return rewritten(text, date, (words) => prose(words, MAX));
}

/** The same where Slack draws no formatting. */
export function asPlain(text: string): string {
  return rewritten(text, utc, (words) => plain(words, MAX));
}

function rewritten(
  text: string,
  moment: (instant: string) => string,
  words: (text: string) => string,
): string {
  // Odd pieces are the moments that the pattern captured.
  const pieces = text.split(INSTANT).map((piece, index) => {
    if (index % 2 === 1) return moment(piece);
    return piece.trim() === '' ? '' : words(piece);
  });
  return pieces
    .filter((piece) => piece !== '')
    .join(' ')
    .replace(/ ([.,;:])/g, '$1');
}
