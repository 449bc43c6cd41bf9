import { controlOf, type Place } from './blocks/surface.ts';

export interface Pending {
  /**
   * Sends, and shows both that it is under way and what went wrong. An element takes one at a time.
   * @param at as given to `marks`: the element, and which part of it was used
   * @param send tells what went wrong, in a sentence; null when nothing did
   * @returns whether it was sent, once that was answered
   */
  run(at: Place & { readonly part?: string }, send: () => Promise<string | null>): Promise<boolean>;
  /** Marks the busy elements again after a drawing. */
  show(): void;
}

/**
 * What was done within a message or a modal and is not answered yet.
 * @param root holds the elements
 */
export function pending(root: HTMLElement, failed: (problem: string | null) => void): Pending {
  const busy = new Map<string, string>();
  const show = (): void => {
    const controls = new Set(busy.values());
    for (const element of root.querySelectorAll<HTMLElement>('[data-control]')) {
      if (controls.has(element.dataset.control ?? '')) element.setAttribute('aria-busy', 'true');
      else element.removeAttribute('aria-busy');
    }
  };
  const run: Pending['run'] = async (at, send) => {
    const element = controlOf(at);
    if (busy.has(element)) return false;
    busy.set(element, controlOf(at, at.part));
    failed(null);
    show();
    failed(await send());
    busy.delete(element);
    show();
    return true;
  };
  return { run, show };
}

/** Where it is told what went wrong. */
export function trouble(element: HTMLElement): (problem: string | null) => void {
  return (problem) => {
    element.hidden = problem === null;
    element.textContent = problem ?? '';
  };
}
