import { checkBlock, type Surface } from './blocks.ts';
import { limits } from './limits.ts';
import {
  checkBoolean,
  checkFields,
  checkItems,
  checkOneOf,
  checkString,
  isObject,
  type Place,
  placeAt,
} from './place.ts';
import { checkPlainText } from './text.ts';
import { checkUnique } from './unique.ts';

/**
 * What Slack would refuse these blocks for; empty when it takes them.
 *
 * @param blocks as they would be sent, `JSON.parse`d
 * @returns a sentence each, with a JSON pointer that begins at `/blocks`
 */
export function blockFaults(blocks: unknown, where: Surface): string[] {
  const faults = structureFaults(blocks, where);
  const weight = textWeight(blocks);
  if (where === 'message' && weight > limits.messageText) {
    faults.push(
      `all text of a message must be less than ${limits.messageText + 1} characters, is ${weight} [json-pointer:/blocks]`,
    );
  }
  return faults;
}

/** As `blockFaults`, without the sum of all text, for which Slack has an error code of its own. */
export function structureFaults(blocks: unknown, where: Surface): string[] {
  const faults: string[] = [];
  checkBlocks(placeAt('/blocks', faults), blocks, where);
  return faults;
}

function checkBlocks(place: Place, blocks: unknown, where: Surface): void {
  // An empty array is how the blocks of a message are taken away.
  const items = checkItems(place, blocks, limits.blocks[where], where === 'modal' ? 1 : 0);
  for (const [index, block] of items.entries()) checkBlock(place.at(index), block, where);
  checkUnique(place, items);
  const markdown = items.filter((block) => isObject(block) && block.type === 'markdown');
  const sum = markdown.reduce<number>(
    (length, block) => length + String((block as { text?: unknown }).text).length,
    0,
  );
  if (markdown.length > 1 && sum > limits.markdown) {
    place.fault(`all markdown blocks together must be less than ${limits.markdown + 1} characters`);
  }
}

/** How many characters Slack counts for a message's blocks: every `text`, and something for each block. */
export function textWeight(blocks: unknown): number {
  return textLength(blocks) + (Array.isArray(blocks) ? blocks.length * limits.perBlock : 0);
}

function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) =>
      sum + (key === 'text' && typeof inner === 'string' ? inner.length : textLength(inner)),
    0,
  );
}

const viewFields = [
  'submit',
  'close',
  'private_metadata',
  'callback_id',
  'external_id',
  'clear_on_close',
  'notify_on_close',
  'submit_disabled',
];

/**
 * What Slack would refuse this modal for; empty when it takes it.
 *
 * @returns a sentence each, with a JSON pointer that begins at `/view`
 */
export function viewFaults(view: unknown): string[] {
  const faults: string[] = [];
  const place = placeAt('/view', faults);
  if (!isObject(view)) {
    place.fault('must be a view');
    return faults;
  }
  checkFields(place, view, ['type', 'title', 'blocks'], viewFields);
  checkOneOf(place.at('type'), view.type, ['modal']);
  checkPlainText(place.at('title'), view.title, limits.modalTitle);
  checkPlainText(place.at('submit'), view.submit, limits.modalButton);
  checkPlainText(place.at('close'), view.close, limits.modalButton);
  checkString(place.at('private_metadata'), view.private_metadata, limits.privateMetadata);
  checkString(place.at('callback_id'), view.callback_id, limits.callbackId);
  checkString(place.at('external_id'), view.external_id, limits.externalId);
  for (const flag of ['clear_on_close', 'notify_on_close', 'submit_disabled'] as const) {
    checkBoolean(place.at(flag), view[flag]);
  }
  checkBlocks(place.at('blocks'), view.blocks, 'modal');
  const asks =
    Array.isArray(view.blocks) && view.blocks.some((block) => isObject(block) && block.type === 'input');
  if (asks && view.submit === undefined)
    place.fault('must define `submit` to use an `input` block in modals');
  if (viewBytes(view) > limits.viewBytes) place.fault(`must be less than ${limits.viewBytes + 1} bytes`);
  return faults;
}

export function viewBytes(view: unknown): number {
  return Buffer.byteLength(JSON.stringify(view) ?? '');
}
