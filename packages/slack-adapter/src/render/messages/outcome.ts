import { endedLine } from '../parts/ended.ts';
import { asSeen } from '../parts/seen.ts';
import { sentence } from '../parts/sentence.ts';
import type { Drawn, Picture } from '../types.ts';
import { about, stateLine } from './about.ts';

/** To the requester: how it ended, then what it was about. */
export function outcomeMessage(picture: Picture, permalink?: string): Drawn {
  const seen = asSeen(picture);
  return about(seen, [endedLine(seen) || stateLine(seen), sentence(seen)], permalink);
}
