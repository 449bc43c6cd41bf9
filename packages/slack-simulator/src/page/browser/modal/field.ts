import type { InputBlock } from '../blocks/surface.ts';
import { h, newId } from '../dom.ts';
import { type Json, object, string } from '../json.ts';
import { drawText, type Names, plainText } from '../text/draw.ts';
import { checkboxControl, menuControl, multiMenuControl, radioControl } from './choice-controls.ts';
import { type Control, type Held, isEmpty } from './control.ts';
import { numberControl, textControl } from './text-controls.ts';

/** An `input` block of a modal. */
export interface Field {
  readonly element: HTMLElement;
  readonly blockId: string;
  readonly actionId: string;
  value(): Held;
  put(held: Held): void;
  /** What keeps it from being submitted; null when nothing does. */
  problem(): string | null;
  /** Shows an error, or none. */
  show(error: string | null): void;
  focus(): void;
}

/** @returns null where its kind of input can't be drawn */
export function drawField({ block, blockId }: InputBlock, names: Names): Field | null {
  const input = object(block.element);
  const actionId = string(input.action_id);
  const control = controlOf(input, { blockId, actionId }, names);
  if (control === null) return null;
  const id = newId();
  const error = h('p', { id: `${id}e`, class: 'error', role: 'alert', hidden: true });
  const hint =
    block.hint === undefined ? null : h('p', { id: `${id}h`, class: 'hint' }, ...drawText(block.hint, names));
  const element = frame(block, control, id, [control.element, error, hint]);
  const target = control.grouped ? element : control.element;
  target.setAttribute('aria-describedby', `${id}e${hint === null ? '' : ` ${id}h`}`);
  const show = (text: string | null): void => {
    error.hidden = text === null;
    error.textContent = text ?? '';
    if (text === null) target.removeAttribute('aria-invalid');
    else target.setAttribute('aria-invalid', 'true');
  };
  element.addEventListener('input', () => show(null));
  return {
    element,
    blockId,
    actionId,
    value: control.value,
    put: control.put,
    problem: () => {
      if (isEmpty(control.value())) return block.optional === true ? null : 'This must be filled in.';
      return control.problem();
    },
    show,
    focus: () => focusable(element)?.focus(),
  };
}

export function focusable(within: HTMLElement): HTMLElement | null {
  return within.querySelector<HTMLElement>('input, select, textarea, summary');
}

/** A group with its legend, or one control with its label. */
function frame(
  block: Json,
  { element, grouped }: Control,
  id: string,
  parts: readonly (Node | null)[],
): HTMLElement {
  const optional = block.optional === true ? h('span', { class: 'optional' }, ' (optional)') : null;
  const label = [plainText(block.label), optional];
  if (grouped) return h('fieldset', { class: 'field' }, h('legend', {}, ...label), ...parts);
  element.id = id;
  if (block.optional !== true) element.setAttribute('aria-required', 'true');
  return h('div', { class: 'field' }, h('label', { for: id }, ...label), ...parts);
}

function controlOf(
  element: Json,
  at: { readonly blockId: string; readonly actionId: string },
  names: Names,
): Control | null {
  switch (element.type) {
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
      return textControl(element);
    case 'number_input':
      return numberControl(element);
    case 'static_select':
      return menuControl(element, at);
    case 'multi_static_select':
      return multiMenuControl(element, at, names);
    case 'radio_buttons':
      return radioControl(element, at, names);
    case 'checkboxes':
      return checkboxControl(element, at, names);
    default:
      return null;
  }
}
