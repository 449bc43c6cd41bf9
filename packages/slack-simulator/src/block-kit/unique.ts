import { elementsOf } from './elements-of.ts';
import { isObject, type Json, type Place } from './place.ts';

/** Block ids are unique in a message or view, action ids in their block, and one element at most has the focus. */
export function checkUnique(place: Place, blocks: readonly unknown[]): void {
  const blockIds = new Set<unknown>();
  let focused = 0;
  for (const [index, block] of blocks.entries()) {
    if (!isObject(block)) continue;
    if (block.block_id !== undefined && blockIds.has(block.block_id)) {
      place
        .at(index)
        .at('block_id')
        .fault(`\`block_id\` ${String(block.block_id)} already exists`);
    }
    blockIds.add(block.block_id);
    checkActionIds(place.at(index), block);
    focused += elementsOf(block).filter(({ element }) => element.focus_on_load === true).length;
  }
  if (focused > 1) place.fault('only one element may have `focus_on_load`');
}

function checkActionIds(place: Place, block: Json): void {
  const actionIds = new Set<unknown>();
  for (const { element, path } of elementsOf(block)) {
    const id = element.action_id;
    if (id !== undefined && actionIds.has(id)) {
      const here = path.reduce<Place>((at, step) => at.at(step), place).at('action_id');
      here.fault(`\`action_id\` ${String(id)} already exists for \`block_id\` ${String(block.block_id)}`);
    }
    actionIds.add(id);
  }
}
