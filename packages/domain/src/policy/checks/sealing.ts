import { parsePointer } from '../../canonical/pointer.ts';
import type { Path } from '../errors.ts';
import type { ActionShape } from '../model.ts';
import { patternsOverlap } from '../sealing.ts';
import type { Report } from './index.ts';

/** Each value is sealed in at most one way, and nobody edits a sealed one. */
export function checkSealing(action: ActionShape, path: Path, report: Report): void {
  const sealed = sealedPointers(action);
  for (const [index, { key, at, pointer }] of sealed.entries()) {
    const other = sealed.slice(0, index).find((earlier) => patternsOverlap(earlier.pointer, pointer));
    if (other) {
      report(
        [...path, key, at],
        `overlaps ${other.key} "${other.pointer}"; each value can be sealed in one way only`,
      );
    }
  }
  for (const [index, name] of (action.overrides?.keys ?? []).entries()) {
    const hit = sealed.find(({ pointer }) => [name, '*'].includes(parsePointer(pointer)?.[0] ?? ''));
    if (hit) {
      report(
        [...path, 'overrides', 'keys', index],
        `can't be edited, because ${hit.key} "${hit.pointer}" seals it`,
      );
    }
  }
}

function sealedPointers(action: ActionShape): { key: 'redact' | 'personal'; at: number; pointer: string }[] {
  return (['redact', 'personal'] as const).flatMap((key) =>
    (action[key] ?? []).map((pointer, at) => ({ key, at, pointer })),
  );
}
