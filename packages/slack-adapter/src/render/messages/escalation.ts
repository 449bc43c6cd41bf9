import { endedLine } from '../parts/ended.ts';
import { missingLine } from '../parts/progress.ts';
import { asSeen, isOpen } from '../parts/seen.ts';
import { sentence } from '../parts/sentence.ts';
import { date } from '../text/date.ts';
import type { Drawn, Picture } from '../types.ts';
import { about } from './about.ts';

/** In another channel that an escalation names: what waits, for whom, until when. */
export function escalationNotice(picture: Picture, rung: number, permalink?: string): Drawn {
  const seen = asSeen(picture);
  const { escalations, expiresAt } = seen.approval.request;
  if (!isOpen(seen)) return about(seen, [endedLine(seen), sentence(seen)], permalink);
  const which = escalations.length > 1 ? ` (${rung + 1} of ${escalations.length})` : '';
  const lines = [
    `🟠 A request is still undecided, escalated${which}; it expires ${date(expiresAt)}`,
    sentence(seen),
    missingLine(seen),
  ];
  return about(seen, lines, permalink);
}
