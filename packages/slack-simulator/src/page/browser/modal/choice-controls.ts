import { type ChoiceKind, checkedIn, drawChoice } from '../blocks/choices.ts';
import { initialOf, optionsOf } from '../blocks/options.ts';
import { drawMenu, drawMultiMenu } from '../blocks/select.ts';
import type { Place } from '../blocks/surface.ts';
import { h, newId } from '../dom.ts';
import { type Json, number } from '../json.ts';
import type { Names } from '../text/draw.ts';
import type { Control, Held } from './control.ts';

/** `static_select` */
export function menuControl(element: Json, at: Place): Control {
  const menu = drawMenu(element, at, initialOf(element)[0]);
  return {
    element: menu,
    grouped: false,
    value: () => (menu.value === '' ? null : menu.value),
    put: (held) => {
      menu.value = typeof held === 'string' ? held : '';
    },
    problem: () => null,
  };
}

/** `radio_buttons` */
export function radioControl(element: Json, at: Place, names: Names): Control {
  const group = drawGroup('radio', element, at, names);
  return {
    element: group,
    grouped: true,
    value: () => checkedIn(group)[0] ?? null,
    put: (held) => check(group, held === null ? [] : [held].flat()),
    problem: () => null,
  };
}

/** `checkboxes` */
export function checkboxControl(element: Json, at: Place, names: Names): Control {
  return several(drawGroup('checkbox', element, at, names), element);
}

/** `multi_static_select` */
export function multiMenuControl(element: Json, at: Place, names: Names): Control {
  return several(drawMultiMenu(element, at, new Set(initialOf(element)), names), element);
}

function several(group: HTMLElement, element: Json): Control {
  const max = number(element.max_selected_items);
  return {
    element: group,
    grouped: true,
    value: () => checkedIn(group),
    put: (held) => {
      check(group, held === null ? [] : [held].flat());
      group.dispatchEvent(new Event('change'));
    },
    problem: () => (max !== null && checkedIn(group).length > max ? `Select at most ${max}.` : null),
  };
}

function drawGroup(kind: ChoiceKind, element: Json, at: Place, names: Names): HTMLElement {
  const name = newId();
  const selected = initialOf(element);
  const choices = optionsOf(element).map((option) =>
    drawChoice(option, { kind, name, checked: selected.includes(option.value), at }, names),
  );
  return h('div', { class: 'choices' }, ...choices);
}

function check(group: HTMLElement, values: Exclude<Held, null>): void {
  for (const input of group.querySelectorAll('input')) input.checked = values.includes(input.value);
}
