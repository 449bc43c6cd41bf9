export type Child = Node | string | null;

interface Props {
  readonly class?: string;
  readonly on?: { readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };
  /** Attributes by name; `true` is the empty one, `false` and null leave it out. */
  readonly [attribute: string]: unknown;
}

/** The only way that this page makes elements: every string among the children becomes text. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === 'on') listen(element, value as Props['on'] & object);
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function listen(element: HTMLElement, handlers: Readonly<Record<string, unknown>>): void {
  for (const [type, handler] of Object.entries(handlers)) {
    element.addEventListener(type, handler as EventListener);
  }
}

/**
 * A link to another site, in a tab of its own.
 * @param url checked by `webAddress`: nothing but http and https
 */
export function outside(url: string, props: Props, ...children: readonly Child[]): HTMLAnchorElement {
  return h('a', { ...props, href: url, target: '_blank', rel: 'noopener noreferrer' }, ...children);
}

let ids = 0;

/** An id for an element that others refer to. */
export function newId(): string {
  ids += 1;
  return `e${ids}`;
}
