import type { Json } from '../block-kit/place.ts';
import type { Selection } from '../workspace/selections.ts';
import { allElements, type Held, initiallyHeld, stateValues } from './elements.ts';

/** What somebody typed and selected in a modal, by block id. */
export type Typed = Readonly<Record<string, Held>>;

/**
 * `state.values` of blocks for one person: what they typed, else what they selected, else what stood there at first.
 *
 * @throws Error when a block id is not there, or an element can't hold what it is given
 */
export function heldValues(
  blocks: readonly unknown[],
  selections: readonly Selection[],
  typed: Typed,
): Record<string, Record<string, Json>> {
  const elements = allElements(blocks).filter(({ element }) => initiallyHeld(element) !== undefined);
  for (const blockId of Object.keys(typed)) {
    if (elements.some((one) => one.blockId === blockId)) continue;
    const there = elements.map((one) => one.blockId).join(', ') || 'none';
    throw new Error(`no input in a block ${blockId}; there is ${there}`);
  }
  return stateValues(blocks, (blockId, actionId) => {
    if (Object.hasOwn(typed, blockId)) return typed[blockId];
    const selection = selections.find((one) => one.blockId === blockId && one.actionId === actionId);
    if (!selection) return undefined;
    const element =
      elements.find((one) => one.blockId === blockId && one.actionId === actionId)?.element ?? {};
    return Array.isArray(initiallyHeld(element)) ? selection.values : (selection.values[0] ?? null);
  });
}
