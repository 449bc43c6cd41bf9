import { isObject, type Json } from './place.ts';

export interface Located {
  readonly element: Json;
  /** Steps from the block to the element. */
  readonly path: readonly (string | number)[];
}

/** The elements of a block that people can act on. */
export function elementsOf(block: Json): readonly Located[] {
  if (block.type === 'section' && isObject(block.accessory))
    return [{ element: block.accessory, path: ['accessory'] }];
  if (block.type === 'input' && isObject(block.element))
    return [{ element: block.element, path: ['element'] }];
  if (block.type !== 'actions' || !Array.isArray(block.elements)) return [];
  return block.elements.flatMap((element: unknown, index) =>
    isObject(element) ? [{ element, path: ['elements', index] }] : [],
  );
}
