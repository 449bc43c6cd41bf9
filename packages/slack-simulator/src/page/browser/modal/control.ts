/** What an input holds: text, the selected option's value, or several of them. Null: nothing. */
export type Held = string | readonly string[] | null;

/** The part of an input block that is filled in. */
export interface Control {
  readonly element: HTMLElement;
  /** A group of elements is named by a legend, a single one by a label. */
  readonly grouped: boolean;
  value(): Held;
  put(held: Held): void;
  /** What is wrong with what it holds, beside being empty; null when nothing is. */
  problem(): string | null;
}

export function isEmpty(held: Held): boolean {
  return held === null || (typeof held === 'string' ? held.trim() === '' : held.length === 0);
}
