import type { Json } from '../block-kit/place.ts';
import { chosenOptions, type Found, initiallyHeld } from './elements.ts';

/**
 * One entry of `actions` in a block_actions payload.
 *
 * @param selected values of the options selected after the click
 * @throws Error when the element has no such option, or is of a kind that is not imitated
 */
export function actionOf(
  { blockId, actionId, element }: Found,
  selected: readonly string[] | undefined,
  ts: string,
): Json {
  const { type, text, value, url, style, confirm, placeholder } = element;
  const whole = {
    type,
    block_id: blockId,
    action_id: actionId,
    action_ts: ts,
    ...present({ text, value, url, style, confirm, placeholder }),
    ...present({ initial_option: element.initial_option, initial_options: element.initial_options }),
  };
  if (type === 'button') {
    if (selected) throw new Error(`${actionId} is a button and has no options`);
    return whole;
  }
  if (!selected) throw new Error(`${actionId} is a ${String(type)}: say what is selected after the click`);
  if (type === 'checkboxes' || type === 'multi_static_select') {
    return { ...whole, selected_options: chosenOptions(element, selected) };
  }
  if (type !== 'overflow' && initiallyHeld(element) === undefined) {
    throw new Error(`clicks on elements of type ${String(type)} are not imitated`);
  }
  const [option, more] = chosenOptions(element, selected);
  if (!option || more)
    throw new Error(`${actionId} is a ${String(type)}: exactly one option can be selected`);
  return { ...whole, selected_option: option };
}

function present(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
