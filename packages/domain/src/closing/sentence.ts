import type { Approval, Decision } from '../approval/state.ts';

/** GitHub takes comments of 850 characters from us at most, and people read the first lines. */
const MAX_CHARS = 600;

/** Who decided a request, how, and why, for a comment: one line, without anything that ends or begins hidden text. */
export function sentenceOf(approval: Approval, decision: Decision): string {
  const why = reasonOf(approval, decision);
  const sentence =
    why === undefined ? `${whoOf(approval, decision)}.` : `${whoOf(approval, decision)}: ${why}`;
  return bounded(sentence.replace(/\s+/g, ' ').replaceAll('<!--', '<! --').trim());
}

function whoOf(approval: Approval, { outcome, how, by, at }: Decision): string {
  switch (how) {
    case 'automatic':
      return 'Approved by policy, which asks nobody';
    case 'timeout':
      return `Rejected, as nobody had decided when the request expired at ${at}`;
    case 'requester':
      return `Rejected, as ${by} cancelled the request`;
    case 'break-glass':
      return `${VERBS[outcome]} by ${by}, who broke the glass`;
    case 'votes':
      return `${VERBS[outcome]} by ${listed(outcome === 'approved' ? votersOf(approval) : deniersOf(approval))}`;
  }
}

const VERBS: Readonly<Record<Decision['outcome'], string>> = {
  approved: 'Approved',
  denied: 'Rejected',
  expired: 'Rejected',
  cancelled: 'Rejected',
};

function votersOf({ approvals }: Approval): string[] {
  return approvals.map((vote) => vote.by);
}

function deniersOf({ denials }: Approval): string[] {
  return denials.map((denial) => denial.by);
}

/** Of a decision by votes the last voter's note tells why. */
function reasonOf({ approvals, denials }: Approval, { outcome, by, note }: Decision): string | undefined {
  const votes = outcome === 'approved' ? approvals : outcome === 'denied' ? denials : [];
  const why = note ?? votes.findLast((vote) => vote.by === by)?.note;
  return why?.trim() === '' ? undefined : why;
}

/** Names beyond these are only counted. */
const MAX_NAMES = 10;

function listed(people: readonly string[]): string {
  const names = [...new Set(people)];
  const more = names.length - MAX_NAMES;
  const shown = more > 0 ? [...names.slice(0, MAX_NAMES), `${more} more`] : names;
  const last = shown.at(-1) ?? '';
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${last}` : last;
}

function bounded(text: string): string {
  const whole = text.toWellFormed();
  if (whole.length <= MAX_CHARS) return whole;
  return `${whole.slice(0, MAX_CHARS - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
