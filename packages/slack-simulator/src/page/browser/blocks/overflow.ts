import { h, newId, outside } from '../dom.ts';
import type { Json } from '../json.ts';
import { webAddress } from '../text/angle.ts';
import { drawText } from '../text/draw.ts';
import { type Option, optionsOf } from './options.ts';
import { marks, type Place, type Surface } from './surface.ts';

/** The `⋯` menu of an `overflow` element. */
export function drawOverflow(element: Json, at: Place, surface: Surface): HTMLElement {
  const choose = async (value: string): Promise<void> => {
    menu.hidePopover();
    opener.focus();
    await surface.act({ ...at, selected: [value], confirm: element.confirm });
  };
  const items = optionsOf(element).map((option) => drawItem(option, surface, choose));
  const menu = h(
    'div',
    { popover: 'auto', id: newId(), class: 'menu', role: 'menu', 'aria-label': 'More actions' },
    ...items,
  );
  const opener = h(
    'button',
    {
      ...marks(at),
      type: 'button',
      class: 'button overflow',
      'aria-label': 'More actions',
      'aria-haspopup': 'menu',
    },
    '⋯',
  );
  opener.popoverTargetElement = menu;
  // The focus goes there as the menu opens. From the beginning, the attribute would be meant for the whole page.
  menu.addEventListener('beforetoggle', () => items[0]?.setAttribute('autofocus', ''));
  menu.addEventListener('keydown', (event) => moveWithin(items, event));
  return h('span', { class: 'has-menu' }, opener, menu);
}

function drawItem(option: Option, surface: Surface, choose: (value: string) => Promise<void>): HTMLElement {
  const address = webAddress(option.url);
  const click = (): void => void choose(option.value);
  const description =
    option.description === undefined
      ? null
      : h('span', { class: 'description' }, ...drawText(option.description, surface.names));
  const props = { role: 'menuitem', tabindex: -1, on: { click } };
  const text = drawText(option.text, surface.names);
  return address === null
    ? h('button', { ...props, type: 'button' }, ...text, description)
    : outside(address, props, ...text, description);
}

function moveWithin(items: readonly HTMLElement[], event: KeyboardEvent): void {
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length)?.focus();
}
