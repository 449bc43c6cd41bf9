import { h, newId } from '../dom.ts';
import type { Json } from '../json.ts';
import { drawText, type Names } from '../text/draw.ts';
import { type Option, optionsOf, selectedOf } from './options.ts';
import { marks, type Place, type Surface } from './surface.ts';

export type ChoiceKind = 'checkbox' | 'radio';

/** One checkbox or radio button with its label and description. */
export function drawChoice(
  option: Option,
  input: { readonly kind: ChoiceKind; readonly name: string; readonly checked: boolean; readonly at: Place },
  names: Names,
): HTMLElement {
  const id = newId();
  const described = option.description !== undefined;
  return h(
    'div',
    { class: 'choice' },
    h('input', {
      ...marks(input.at, option.value),
      id,
      type: input.kind,
      name: input.name,
      value: option.value,
      checked: input.checked,
      'aria-describedby': described && `${id}d`,
    }),
    h('label', { for: id }, ...drawText(option.text, names)),
    described
      ? h('div', { id: `${id}d`, class: 'description' }, ...drawText(option.description, names))
      : null,
  );
}

/** Values of the checkboxes or radio buttons that are on. */
export function checkedIn(group: HTMLElement): readonly string[] {
  return [...group.querySelectorAll<HTMLInputElement>('input:checked')].map((input) => input.value);
}

/** `checkboxes` and `radio_buttons`, each change of which is sent. */
export function drawChoices(kind: ChoiceKind, element: Json, at: Place, surface: Surface): HTMLElement {
  const selected = selectedOf(element, at, surface);
  const name = newId();
  const choices = optionsOf(element).map((option) =>
    drawChoice(option, { kind, name, checked: selected.has(option.value), at }, surface.names),
  );
  const group = h('div', { class: 'choices', role: kind === 'radio' ? 'radiogroup' : 'group' }, ...choices);
  let shown = checkedIn(group);
  const put = (values: readonly string[]): void => {
    for (const input of group.querySelectorAll('input')) input.checked = values.includes(input.value);
  };
  group.addEventListener('change', async (event) => {
    const before = shown;
    const after = checkedIn(group);
    const part = (event.target as HTMLInputElement).value;
    shown = after;
    if (await surface.act({ ...at, part, selected: after, confirm: element.confirm })) return;
    shown = before;
    put(before);
  });
  return group;
}
