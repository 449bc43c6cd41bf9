import { h, outside } from '../dom.ts';
import { type Json, string } from '../json.ts';
import { webAddress } from '../text/angle.ts';
import { drawText } from '../text/draw.ts';
import { marks, type Place, type Surface } from './surface.ts';

/** A `button`. One with an address is a link, and its click is sent as well. */
export function drawButton(element: Json, at: Place, surface: Surface): HTMLElement {
  const style = element.style === 'primary' || element.style === 'danger' ? ` ${element.style}` : '';
  const label = string(element.accessibility_label);
  const address = webAddress(string(element.url));
  const part = string(element.value);
  const click = (): void => {
    void surface.act({ ...at, part, confirm: element.confirm });
  };
  const props = {
    ...marks(at, part),
    class: `button${style}`,
    'aria-label': label || null,
    on: { click },
  };
  const text = drawText(element.text, surface.names);
  return address === null
    ? h('button', { ...props, type: 'button' }, ...text)
    : outside(address, props, ...text);
}
