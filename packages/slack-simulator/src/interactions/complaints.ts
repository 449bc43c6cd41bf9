import { isNumeral } from '../block-kit/inputs.ts';
import { isObject, type Json } from '../block-kit/place.ts';

/** What Slack's client says at the fields before it sends anything, by block id; empty when the modal may be submitted. */
export function complaints(
  blocks: readonly unknown[],
  values: Readonly<Record<string, Json>>,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const block of blocks) {
    if (!isObject(block) || block.type !== 'input' || !isObject(block.element)) continue;
    const held = values[String(block.block_id)]?.[String(block.element.action_id)];
    const complaint = isObject(held) ? complaintOf(block, block.element, held) : undefined;
    if (complaint !== undefined) found[String(block.block_id)] = complaint;
  }
  return found;
}

function complaintOf(block: Json, element: Json, held: Json): string | undefined {
  const isEmpty =
    [held.value ?? null, held.selected_option ?? null].every((one) => one === null) && !someSelected(held);
  if (isEmpty) return block.optional === true ? undefined : 'Please complete this required field.';
  if (typeof held.value !== 'string') return undefined;
  return element.type === 'number_input'
    ? numberComplaint(element, held.value)
    : textComplaint(element, held.value);
}

function someSelected(held: Json): boolean {
  return Array.isArray(held.selected_options) && held.selected_options.length > 0;
}

function textComplaint(element: Json, value: string): string | undefined {
  const { min_length: min = 0, max_length: max = 3_000 } = element as {
    min_length?: number;
    max_length?: number;
  };
  if (value.length < min) return `Must be at least ${min} characters.`;
  return value.length > max ? `Must be at most ${max} characters.` : undefined;
}

function numberComplaint(element: Json, value: string): string | undefined {
  if (!isNumeral(value, element.is_decimal_allowed === true)) return 'Please enter a valid number.';
  if (Number(value) < Number(element.min_value)) return `Must be at least ${String(element.min_value)}.`;
  return Number(value) > Number(element.max_value)
    ? `Must be at most ${String(element.max_value)}.`
    : undefined;
}
