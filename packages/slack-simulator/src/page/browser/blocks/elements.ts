import { h } from '../dom.ts';
import { type Json, string } from '../json.ts';
import { drawButton } from './button.ts';
import { drawChoices } from './choices.ts';
import { drawOverflow } from './overflow.ts';
import { drawMultiSelect, drawSelect } from './select.ts';
import type { Surface } from './surface.ts';

/** An interactive element, or an image, of a section or an actions block. */
export function drawElement(element: Json, blockId: string, surface: Surface): HTMLElement {
  const at = { blockId, actionId: string(element.action_id) };
  switch (element.type) {
    case 'button':
      return drawButton(element, at, surface);
    case 'checkboxes':
      return drawChoices('checkbox', element, at, surface);
    case 'radio_buttons':
      return drawChoices('radio', element, at, surface);
    case 'overflow':
      return drawOverflow(element, at, surface);
    case 'static_select':
      return drawSelect(element, at, surface);
    case 'multi_static_select':
      return drawMultiSelect(element, at, surface);
    case 'image':
      return drawImage(element);
    default:
      return notDrawn(string(element.type));
  }
}

/** Nothing is loaded from elsewhere: of an image there is what it shows, in words. */
export function drawImage(image: Json): HTMLElement {
  return h(
    'span',
    { class: 'image', role: 'img', 'aria-label': string(image.alt_text) },
    `▧ ${string(image.alt_text)}`,
  );
}

export function notDrawn(type: string): HTMLElement {
  return h('span', { class: 'not-drawn' }, `“${type}” can't be drawn here`);
}
