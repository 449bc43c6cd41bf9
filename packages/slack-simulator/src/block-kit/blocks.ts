import { checkElement, checkImage } from './elements.ts';
import { limits } from './limits.ts';
import {
  checkBoolean,
  checkFields,
  checkItems,
  checkOneOf,
  checkString,
  isObject,
  type Json,
  type Place,
} from './place.ts';
import { checkAnyText, checkPlainText } from './text.ts';

export type Surface = 'message' | 'modal';
type Check = (place: Place, block: Json) => void;

const menus = [
  'static_select',
  'users_select',
  'conversations_select',
  'channels_select',
  'external_select',
  'multi_static_select',
  'multi_users_select',
  'multi_conversations_select',
  'multi_channels_select',
  'multi_external_select',
];
const choices = ['checkboxes', 'radio_buttons', 'datepicker', 'timepicker', ...menus];
const accessories = ['button', 'overflow', 'image', 'workflow_button', ...choices];
const actions = ['button', 'overflow', 'workflow_button', 'datetimepicker', 'rich_text_input', ...choices];
const inputs = [
  'plain_text_input',
  'number_input',
  'email_text_input',
  'url_text_input',
  'rich_text_input',
  'datetimepicker',
  'file_input',
  ...choices,
];

const checks: Readonly<Record<string, Check>> = {
  section: checkSection,
  header: (place, block) => {
    checkFields(place, block, ['type', 'text'], ['block_id']);
    checkPlainText(place.at('text'), block.text, limits.headerText);
  },
  context: checkContext,
  divider: (place, block) => checkFields(place, block, ['type'], ['block_id']),
  actions: (place, block) => {
    checkFields(place, block, ['type', 'elements'], ['block_id']);
    const elements = checkItems(place.at('elements'), block.elements, limits.actionsElements);
    for (const [index, element] of elements.entries())
      checkElement(place.at('elements').at(index), element, actions);
  },
  input: checkInput,
  image: (place, block) => {
    checkFields(place, block, ['type', 'alt_text'], ['block_id', 'image_url', 'slack_file', 'title']);
    checkPlainText(place.at('title'), block.title, limits.imageTitle);
    checkImage(place, block);
  },
  rich_text: checkRichText,
  markdown: (place, block) => {
    checkFields(place, block, ['type', 'text'], ['block_id']);
    checkString(place.at('text'), block.text, limits.markdown, 1);
  },
};

export function checkBlock(place: Place, block: unknown, surface: Surface): void {
  if (!isObject(block)) {
    place.fault('must be a block');
    return;
  }
  const check = checks[String(block.type)];
  if (!check || (surface === 'modal' && block.type === 'markdown')) {
    place.at('type').fault(`unsupported type: ${String(block.type)}`);
    return;
  }
  checkString(place.at('block_id'), block.block_id, limits.blockId, 1);
  check(place, block);
}

function checkSection(place: Place, block: Json): void {
  checkFields(place, block, ['type'], ['block_id', 'text', 'fields', 'accessory', 'expand']);
  if (block.text === undefined && block.fields === undefined) place.fault('must have text or fields');
  checkAnyText(place.at('text'), block.text, limits.sectionText);
  for (const [index, field] of checkItems(place.at('fields'), block.fields, limits.sectionFields).entries()) {
    checkAnyText(place.at('fields').at(index), field, limits.sectionField);
  }
  if (block.accessory !== undefined) checkElement(place.at('accessory'), block.accessory, accessories);
  checkBoolean(place.at('expand'), block.expand);
}

function checkContext(place: Place, block: Json): void {
  checkFields(place, block, ['type', 'elements'], ['block_id']);
  const elements = checkItems(place.at('elements'), block.elements, limits.contextElements);
  for (const [index, element] of elements.entries()) {
    const here = place.at('elements').at(index);
    if (isObject(element) && element.type === 'image') checkElement(here, element, ['image']);
    else checkAnyText(here, element, limits.contextText);
  }
}

function checkInput(place: Place, block: Json): void {
  checkFields(
    place,
    block,
    ['type', 'label', 'element'],
    ['block_id', 'hint', 'optional', 'dispatch_action'],
  );
  checkPlainText(place.at('label'), block.label, limits.inputLabel);
  checkPlainText(place.at('hint'), block.hint, limits.inputHint);
  checkBoolean(place.at('optional'), block.optional);
  checkBoolean(place.at('dispatch_action'), block.dispatch_action);
  if (block.element !== undefined) checkElement(place.at('element'), block.element, inputs);
}

/** Only its outline: what people write in Slack's own editor is of no interest here. */
function checkRichText(place: Place, block: Json): void {
  checkFields(place, block, ['type', 'elements'], ['block_id']);
  const parts = ['rich_text_section', 'rich_text_list', 'rich_text_quote', 'rich_text_preformatted'];
  for (const [index, part] of checkItems(
    place.at('elements'),
    block.elements,
    Number.POSITIVE_INFINITY,
  ).entries()) {
    const here = place.at('elements').at(index);
    if (!isObject(part)) here.fault('must be a rich text element');
    else {
      checkOneOf(here.at('type'), part.type, parts);
      checkItems(here.at('elements'), part.elements, Number.POSITIVE_INFINITY, 0);
    }
  }
}
