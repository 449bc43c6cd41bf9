import type { Status } from '@countersign/domain';
import type { Picture } from '../types.ts';
import { statusSeen } from './seen.ts';

export interface Headline {
  readonly emoji: string;
  /** Goes on from the action's name: "deploy.production · waits for approval". */
  readonly words: string;
}

const HEADLINES: Readonly<Record<Status, Headline>> = {
  awaiting_personas: { emoji: '🟡', words: 'waits for acknowledgement' },
  pending: { emoji: '🟡', words: 'waits for approval' },
  approved: { emoji: '✅', words: 'approved' },
  denied: { emoji: '⛔', words: 'denied' },
  expired: { emoji: '⌛', words: 'expired' },
  cancelled: { emoji: '⚪', words: 'cancelled' },
  dispatching: { emoji: '⏳', words: 'approved, being carried out' },
  dispatched: { emoji: '✅', words: 'approved and carried out' },
  dispatch_failed: { emoji: '❗', words: 'approved, but could not be carried out' },
};

export function headlineOf(status: Status): Headline {
  return HEADLINES[status];
}

/** A broken glass and an escalation show from afar. */
export function headlineSeen(picture: Picture): Headline {
  const { breakGlass, escalated, decision } = picture.approval;
  const headline = headlineOf(statusSeen(picture));
  if (breakGlass) return { emoji: '🚨', words: `${headline.words} (break-glass)` };
  return decision === null && escalated.length > 0 ? { ...headline, emoji: '🟠' } : headline;
}
