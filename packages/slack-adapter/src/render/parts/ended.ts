import type { Approval, BreakGlass, Decision } from '@countersign/domain';
import { date } from '../text/date.ts';
import { capital, quoted } from '../text/mrkdwn.ts';
import { people, person } from '../text/people.ts';
import type { Picture } from '../types.ts';
import { headlineSeen } from './headline.ts';
import { wasMissing } from './progress.ts';
import { statusSeen } from './seen.ts';

const MAX_NOTE = 500;

/** Who ended the request, when and how: a line of mrkdwn or two; empty while it is open. */
export function endedLine(picture: Picture): string {
  const { decision, breakGlass } = picture.approval;
  if (!decision) return '';
  const lapsed = decision.outcome === 'approved' && statusSeen(picture) === 'expired';
  const what = `${how(picture, decision)} · ${date(decision.at)}${lapsed ? ' · the approval has lapsed since' : ''}`;
  const more = breakGlass ? reviewLine(picture, breakGlass) : missingThen(picture, decision);
  return [`${headlineSeen(picture).emoji} ${what}`, more].filter((line) => line !== '').join('\n');
}

/** Whether another super-approver has looked at a broken glass. */
export function reviewLine(picture: Picture, { review }: BreakGlass): string {
  if (!review) return 'The review is open: another super-approver has to sign it.';
  return `Reviewed by ${person(picture, review.by)}${noted(review.note)} · ${date(review.at)}`;
}

function how(picture: Picture, { outcome, how: way, by, note }: Decision): string {
  const { approval } = picture;
  if (way === 'break-glass')
    return `${capital(outcome)} by ${person(picture, by)}, who broke the glass${noted(note)}`;
  switch (outcome) {
    case 'approved':
      return way === 'automatic'
        ? 'Approved automatically: the policy asks nobody'
        : `Approved by ${people(picture, votersOf(approval, by))}`;
    case 'denied':
      return `Denied by ${people(picture, deniersOf(approval, by))}${noted(note)}`;
    case 'expired':
      return 'Expired undecided';
    case 'cancelled':
      return `Cancelled by ${person(picture, by)}${noted(note)}`;
  }
}

function missingThen(picture: Picture, { outcome }: Decision): string {
  const missing = outcome === 'expired' ? wasMissing(picture) : '';
  return missing === '' ? '' : `Missing were: ${missing}`;
}

function votersOf({ approvals }: Approval, last: string): string[] {
  return approvals.length === 0 ? [last] : approvals.map((vote) => vote.by);
}

function deniersOf({ denials }: Approval, last: string): string[] {
  return denials.length === 0 ? [last] : denials.map((denial) => denial.by);
}

export function noted(note: string | undefined): string {
  return note === undefined || note.trim() === '' ? '' : `: ${quoted(note, MAX_NOTE)}`;
}
