import { reviewLine } from '../parts/ended.ts';
import { asSeen } from '../parts/seen.ts';
import { sentence } from '../parts/sentence.ts';
import { date } from '../text/date.ts';
import { quoted } from '../text/mrkdwn.ts';
import { person } from '../text/people.ts';
import type { Drawn, Picture } from '../types.ts';
import { about, stateLine } from './about.ts';

const MAX_REASON = 900;

/** To everybody on the slate: who decided without them, and why. */
export function brokenGlassMessage(picture: Picture, permalink?: string): Drawn {
  const seen = asSeen(picture);
  const { breakGlass } = seen.approval;
  if (!breakGlass) return about(seen, [stateLine(seen), sentence(seen)], permalink);
  const { by, at, status, reason } = breakGlass;
  const lines = [
    `🚨 ${person(seen, by)} broke the glass: *${status}*, without what the policy asks for · ${date(at)}`,
    `Reason: ${quoted(reason, MAX_REASON)}`,
    sentence(seen),
    reviewLine(seen, breakGlass),
  ];
  return about(seen, lines, permalink);
}
