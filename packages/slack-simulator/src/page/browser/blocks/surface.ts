import type { Names } from '../text/draw.ts';

/** Where blocks are drawn: a message, or a modal. */
export interface Surface {
  readonly names: Names;
  /** Values that this person has selected since the drawing; null where that is what the block says. */
  selected(at: Place): readonly string[] | null;
  /** Does what an element asks for and shows how it went. @returns whether it was sent, once that was answered */
  act(action: Action): Promise<boolean>;
  /** Draws an `input` block's element, where there can be some. */
  readonly input: ((block: InputBlock) => HTMLElement) | null;
}

export interface Place {
  readonly blockId: string;
  readonly actionId: string;
}

export interface Action extends Place {
  /** As given to `marks`: which part of the element shows that it is under way. */
  readonly part?: string;
  /** Values of the options selected after it; absent for a button. */
  readonly selected?: readonly string[];
  /** The element's `confirm`, as the app gave it. */
  readonly confirm: unknown;
}

export interface InputBlock {
  readonly blockId: string;
  readonly block: Readonly<Record<string, unknown>>;
}

/**
 * Attributes by which an element, or a part of it, is found again after its message was drawn anew.
 * @param part a checkbox's value, say
 */
export function marks(at: Place, part = ''): Readonly<Record<string, string>> {
  return { 'data-control': controlOf(at, part), 'data-focus': `${at.actionId}/${part}` };
}

/** Names one element of this very drawing. */
export function controlOf(at: Place, part = ''): string {
  return `${at.blockId}/${at.actionId}/${part}`;
}
