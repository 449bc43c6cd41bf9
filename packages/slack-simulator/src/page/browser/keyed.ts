/** A part of the page that is kept while what it shows changes. */
export interface View<T> {
  readonly element: HTMLElement;
  update(item: T): void;
  /** Before it is taken away. */
  end?(): void;
}

/**
 * Shows a list whose items keep their elements, so that focus, open menus and typed text outlive the changes of others.
 * @returns how to show another list in the same place
 */
export function keyed<T>(
  parent: HTMLElement,
  keyOf: (item: T) => string,
  create: (item: T) => View<T>,
): (items: readonly T[]) => void {
  const views = new Map<string, View<T>>();
  return (items) => {
    const wanted = new Set(items.map(keyOf));
    for (const [key, view] of views) {
      if (wanted.has(key)) continue;
      view.end?.();
      view.element.remove();
      views.delete(key);
    }
    for (const [index, item] of items.entries()) {
      const key = keyOf(item);
      const view = views.get(key) ?? create(item);
      views.set(key, view);
      // Moving an element would cost it its focus: only where it does not stand in its place already.
      if (parent.children[index] !== view.element)
        parent.insertBefore(view.element, parent.children[index] ?? null);
      view.update(item);
    }
  };
}
