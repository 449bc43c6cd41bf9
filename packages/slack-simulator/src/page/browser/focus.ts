/** Draws anew and gives the focus back to the element that had it, or to what is there in its place. */
export function keepingFocus(root: HTMLElement, draw: () => void): void {
  const focused = document.activeElement;
  const inside = focused instanceof HTMLElement && focused !== root && root.contains(focused);
  const mark = inside ? focused.dataset.focus : undefined;
  draw();
  if (!inside) return;
  const again =
    mark === undefined ? null : root.querySelector<HTMLElement>(`[data-focus="${CSS.escape(mark)}"]`);
  (again ?? root).focus({ preventScroll: true });
}
