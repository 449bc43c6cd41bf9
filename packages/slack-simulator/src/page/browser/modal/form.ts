import type { OpenView } from '../../../types.ts';
import type { Values } from '../../wire.ts';
import { drawBlocks } from '../blocks/blocks.ts';
import { notDrawn } from '../blocks/elements.ts';
import type { Place, Surface } from '../blocks/surface.ts';
import { object, string } from '../json.ts';
import { type Names, plainText } from '../text/draw.ts';
import type { Held } from './control.ts';
import { drawField, type Field } from './field.ts';

/** The blocks of a modal and what people have put into them. */
export interface Form {
  readonly blocks: readonly HTMLElement[];
  values(): Values;
  /** Shows what keeps it from being submitted at the fields. @returns whether nothing does */
  check(): boolean;
  /** @param errors by block id @returns those that belong to no field */
  show(errors: OpenView['errors']): readonly string[];
  /** Takes over what another drawing of the same modal holds, where the same inputs are still there. */
  keep(before: Form): void;
  held(blockId: string, actionId: string): Held | undefined;
}

/** @param selected what was selected by now in elements that are no inputs */
export function drawForm(
  view: OpenView['view'],
  surface: { readonly names: Names; readonly act: Surface['act']; readonly selected: Surface['selected'] },
): Form {
  const fields: Field[] = [];
  const blocks = drawBlocks(view.blocks, {
    ...surface,
    input: (block) => {
      const field = drawField(block, surface.names);
      if (field === null)
        return notDrawn(`${plainText(block.block.label)} (${string(object(block.block.element).type)})`);
      fields.push(field);
      return field.element;
    },
  });
  return {
    blocks,
    values: () => Object.fromEntries(fields.map((field) => [field.blockId, field.value()])),
    check: () => {
      const wrong = fields.filter((field) => {
        const problem = field.problem();
        field.show(problem);
        return problem !== null;
      });
      wrong[0]?.focus();
      return wrong.length === 0;
    },
    show: (errors) => showErrors(fields, errors),
    keep: (before) => {
      for (const field of fields) {
        const held = before.held(field.blockId, field.actionId);
        if (held !== undefined) field.put(held);
      }
    },
    held: (blockId, actionId) => fieldAt(fields, { blockId, actionId })?.value(),
  };
}

function fieldAt(fields: readonly Field[], { blockId, actionId }: Place): Field | undefined {
  return fields.find((field) => field.blockId === blockId && field.actionId === actionId);
}

function showErrors(fields: readonly Field[], errors: OpenView['errors']): readonly string[] {
  const named = new Map(Object.entries(errors));
  for (const field of fields) {
    field.show(named.get(field.blockId) ?? null);
    named.delete(field.blockId);
  }
  fields.find(({ blockId }) => Object.hasOwn(errors, blockId))?.focus();
  return [...named].map(([blockId, error]) => `${blockId}: ${error}`);
}
