import { INPUT } from './form.ts';

/** What somebody typed or chose, out of `view.state.values`; anything else there is ignored. */

export type FormValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Text as it was typed; null for an emptied field, undefined where the form has no such field. */
export function typedIn(values: FormValues, blockId: string): string | null | undefined {
  const input = inputOf(values, blockId);
  if (input === undefined) return undefined;
  const { value } = input as { value?: unknown };
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Value of the selected option; null where none is selected, undefined where the form has no such field. */
export function chosenIn(values: FormValues, blockId: string): string | null | undefined {
  const input = inputOf(values, blockId);
  if (input === undefined) return undefined;
  const { selected_option: option } = input as { selected_option?: { value?: unknown } | null };
  return typeof option?.value === 'string' ? option.value : null;
}

/** A reason or note without spaces around it; undefined when there is none. */
export function wordsIn(values: FormValues, blockId: string): string | undefined {
  return typedIn(values, blockId)?.trim() || undefined;
}

function inputOf(values: FormValues, blockId: string): object | undefined {
  const block = Object.hasOwn(values, blockId) ? values[blockId] : undefined;
  const input = block && Object.hasOwn(block, INPUT) ? block[INPUT] : undefined;
  return input !== null && typeof input === 'object' ? input : undefined;
}
