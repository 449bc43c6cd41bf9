import { elementsOf } from '../block-kit/elements-of.ts';
import { isObject, type Json } from '../block-kit/place.ts';

/** What an element holds: text, the values of the options selected, or nothing. */
export type Held = string | readonly string[] | null;

export interface Found {
  readonly blockId: string;
  readonly actionId: string;
  readonly element: Json;
}

const texts = ['plain_text_input', 'number_input', 'email_text_input', 'url_text_input'];
const singles = ['static_select', 'radio_buttons'];
const multiples = ['checkboxes', 'multi_static_select'];

/** Every element that people can act on. */
export function allElements(blocks: readonly unknown[]): readonly Found[] {
  return blocks.filter(isObject).flatMap((block) =>
    elementsOf(block).map(({ element }) => ({
      blockId: String(block.block_id),
      actionId: String(element.action_id),
      element,
    })),
  );
}

/** @throws Error when there is none, or several and no block id that tells them apart */
export function findElement(blocks: readonly unknown[], actionId: string, blockId?: string): Found {
  const there = allElements(blocks);
  const found = there.filter(
    (one) => one.actionId === actionId && (blockId === undefined || one.blockId === blockId),
  );
  const [first, second] = found;
  if (first && !second) return first;
  const place = blockId === undefined ? '' : ` in block ${blockId}`;
  if (first) {
    throw new Error(
      `several elements ${actionId}${place}: say which block of ${found.map((one) => one.blockId).join(', ')}`,
    );
  }
  const names = there.map((one) => `${one.actionId} (block ${one.blockId})`).join(', ');
  throw new Error(`no element ${actionId}${place} here; there is ${names || 'none'}`);
}

/** What an element holds before anybody touches it; undefined for one that holds nothing, as buttons. */
export function initiallyHeld(element: Json): Held | undefined {
  const type = String(element.type);
  if (texts.includes(type)) return typeof element.initial_value === 'string' ? element.initial_value : null;
  if (singles.includes(type))
    return isObject(element.initial_option) ? String(element.initial_option.value) : null;
  if (!multiples.includes(type)) return undefined;
  const initial = Array.isArray(element.initial_options) ? element.initial_options.filter(isObject) : [];
  return initial.map((option) => String(option.value));
}

/** As Slack writes what an element holds into `state.values`. @throws Error when it can't hold that */
export function stateValue(element: Json, held: Held): Json {
  const type = String(element.type);
  if (texts.includes(type)) {
    if (Array.isArray(held)) throw new Error(`a ${type} holds one text`);
    return { type, value: held === '' ? null : held };
  }
  if (singles.includes(type)) {
    if (Array.isArray(held)) throw new Error(`a ${type} holds the value of one option`);
    return { type, selected_option: held === null ? null : theOption(element, held as string) };
  }
  if (multiples.includes(type))
    return { type, selected_options: chosenOptions(element, held === null ? [] : held) };
  throw new Error(`elements of type ${type} are not imitated`);
}

/** The options with these values, in the order they stand there. @throws Error when there is no such option */
export function chosenOptions(element: Json, held: string | readonly string[]): readonly Json[] {
  const values = typeof held === 'string' ? [held] : held;
  for (const value of values) theOption(element, value);
  return optionsOf(element).filter((option) => values.includes(String(option.value)));
}

function theOption(element: Json, value: string): Json {
  const options = optionsOf(element);
  const option = options.find((one) => one.value === value);
  if (option) return option;
  const values = options.map((one) => String(one.value)).join(', ');
  throw new Error(`${String(element.action_id)} has no option ${JSON.stringify(value)}; it has ${values}`);
}

function optionsOf(element: Json): readonly Json[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isObject) : [];
  return [element, ...groups].flatMap((one) =>
    Array.isArray(one.options) ? one.options.filter(isObject) : [],
  );
}

/** `state.values` of a message or modal. @param heldBy what an element holds, where it differs from the beginning */
export function stateValues(
  blocks: readonly unknown[],
  heldBy: (blockId: string, actionId: string) => Held | undefined,
): Record<string, Record<string, Json>> {
  const values: Record<string, Record<string, Json>> = {};
  for (const { blockId, actionId, element } of allElements(blocks)) {
    const initial = initiallyHeld(element);
    if (initial === undefined) continue;
    const held = heldBy(blockId, actionId);
    values[blockId] = {
      ...values[blockId],
      [actionId]: stateValue(element, held === undefined ? initial : held),
    };
  }
  return values;
}
