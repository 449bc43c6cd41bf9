import { h } from '../dom.ts';
import { type Json, string } from '../json.ts';
import { type Names, plainText } from '../text/draw.ts';
import { checkedIn, drawChoice } from './choices.ts';
import { groupsOf, type OptionGroup, selectedOf } from './options.ts';
import { marks, type Place, type Surface } from './surface.ts';

/** A menu of one. @param selected the value that is, or none */
export function drawMenu(element: Json, at: Place, selected: string | undefined): HTMLSelectElement {
  const nothing = plainText(element.placeholder) || 'Select…';
  return h(
    'select',
    marks(at),
    h('option', { value: '', selected: selected === undefined }, nothing),
    ...groupsOf(element).flatMap(({ label, options }) => {
      const drawn = options.map(({ value, text }) =>
        h('option', { value, selected: value === selected }, plainText(text)),
      );
      return label === null ? drawn : [h('optgroup', { label: plainText(label) }, ...drawn)];
    }),
  );
}

/** A menu of several: a list of checkboxes that folds away. */
export function drawMultiMenu(
  element: Json,
  at: Place,
  selected: ReadonlySet<string>,
  names: Names,
): HTMLDetailsElement {
  const groups = groupsOf(element).map((group) => drawGroup(group, at, selected, names));
  const summary = h('summary', marks(at));
  const count = (): void => {
    const chosen = checkedIn(details).length;
    summary.textContent = chosen === 0 ? plainText(element.placeholder) || 'Select…' : `${chosen} selected`;
  };
  const details = h('details', { class: 'multi', on: { change: count } }, summary, ...groups);
  count();
  return details;
}

function drawGroup(
  { label, options }: OptionGroup,
  at: Place,
  selected: ReadonlySet<string>,
  names: Names,
): HTMLElement {
  const choices = options.map((option) =>
    drawChoice(option, { kind: 'checkbox', name: '', checked: selected.has(option.value), at }, names),
  );
  const title = label === null ? null : h('legend', {}, plainText(label));
  return h('fieldset', { class: 'choices' }, title, ...choices);
}

/** `static_select`, each choice of which is sent. */
export function drawSelect(element: Json, at: Place, surface: Surface): HTMLElement {
  const before = [...selectedOf(element, at, surface)][0];
  const menu = drawMenu(element, at, before);
  menu.setAttribute('aria-label', labelOf(element));
  menu.addEventListener('change', async () => {
    const action = { ...at, selected: [menu.value], confirm: element.confirm };
    // What is selected can't be unselected again.
    if (menu.value === '' || !(await surface.act(action))) menu.value = before ?? '';
  });
  return h('span', { class: 'select' }, menu);
}

/** `multi_static_select`, sent when it is folded after a change. */
export function drawMultiSelect(element: Json, at: Place, surface: Surface): HTMLElement {
  const before = selectedOf(element, at, surface);
  const menu = drawMultiMenu(element, at, before, surface.names);
  menu.setAttribute('aria-label', labelOf(element));
  let sent = JSON.stringify(checkedIn(menu));
  menu.addEventListener('toggle', () => {
    const selected = checkedIn(menu);
    if (menu.open || JSON.stringify(selected) === sent) return;
    sent = JSON.stringify(selected);
    void surface.act({ ...at, selected, confirm: element.confirm });
  });
  return menu;
}

function labelOf(element: Json): string {
  return plainText(element.placeholder) || string(element.action_id);
}
