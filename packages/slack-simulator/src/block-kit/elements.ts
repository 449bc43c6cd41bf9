import { checkNumberInput, checkPlainTextInput } from './inputs.ts';
import { limits } from './limits.ts';
import { checkInitialOption, checkInitialOptions, checkMenuOptions, checkOptions } from './options.ts';
import {
  checkBoolean,
  checkFields,
  checkOneOf,
  checkString,
  isObject,
  type Json,
  type Place,
} from './place.ts';
import { checkConfirm, checkPlainText } from './text.ts';

type Check = (place: Place, element: Json) => void;

/** Elements that Slack has and that are judged here only in what they have in common. */
const known = [
  'datepicker',
  'datetimepicker',
  'timepicker',
  'email_text_input',
  'url_text_input',
  'users_select',
  'conversations_select',
  'channels_select',
  'external_select',
  'multi_users_select',
  'multi_conversations_select',
  'multi_channels_select',
  'multi_external_select',
  'rich_text_input',
  'file_input',
  'workflow_button',
];

const checks: Readonly<Record<string, Check>> = {
  button: checkButton,
  checkboxes: checkCheckboxes,
  radio_buttons: checkRadioButtons,
  static_select: checkStaticSelect,
  multi_static_select: checkMultiStaticSelect,
  overflow: checkOverflow,
  plain_text_input: checkPlainTextInput,
  number_input: checkNumberInput,
  image: checkImageElement,
};

/** @param allowed types of elements that this block may hold */
export function checkElement(place: Place, element: unknown, allowed: readonly string[]): void {
  if (!isObject(element)) {
    place.fault('must be a block element');
    return;
  }
  const type = String(element.type);
  if (!allowed.includes(type)) {
    place.at('type').fault(`unsupported type: ${type}`);
    return;
  }
  checkString(place.at('action_id'), element.action_id, limits.actionId, 1);
  checkBoolean(place.at('focus_on_load'), element.focus_on_load);
  checkPlainText(place.at('placeholder'), element.placeholder, limits.placeholder);
  checkConfirm(place.at('confirm'), element.confirm);
  const check = checks[type];
  if (check) check(place, element);
  else if (!known.includes(type)) place.at('type').fault(`unsupported type: ${type}`);
}

function checkButton(place: Place, button: Json): void {
  checkFields(
    place,
    button,
    ['type', 'text'],
    ['action_id', 'value', 'url', 'style', 'confirm', 'accessibility_label'],
  );
  checkPlainText(place.at('text'), button.text, limits.buttonText);
  checkString(place.at('value'), button.value, limits.buttonValue);
  checkString(place.at('url'), button.url, limits.url);
  checkString(place.at('accessibility_label'), button.accessibility_label, limits.accessibilityLabel);
  checkOneOf(place.at('style'), button.style, ['primary', 'danger']);
}

function checkCheckboxes(place: Place, boxes: Json): void {
  checkFields(
    place,
    boxes,
    ['type', 'options'],
    ['action_id', 'initial_options', 'confirm', 'focus_on_load'],
  );
  const rules = { max: limits.boxes, texts: ['plain_text', 'mrkdwn'] } as const;
  const options = checkOptions(place.at('options'), boxes.options, rules);
  checkInitialOptions(place.at('initial_options'), boxes.initial_options, options);
}

function checkRadioButtons(place: Place, radio: Json): void {
  checkFields(place, radio, ['type', 'options'], ['action_id', 'initial_option', 'confirm', 'focus_on_load']);
  const rules = { max: limits.boxes, texts: ['plain_text', 'mrkdwn'] } as const;
  const options = checkOptions(place.at('options'), radio.options, rules);
  checkInitialOption(place.at('initial_option'), radio.initial_option, options);
}

const menuFields = ['action_id', 'options', 'option_groups', 'confirm', 'focus_on_load', 'placeholder'];

function checkStaticSelect(place: Place, select: Json): void {
  checkFields(place, select, ['type'], [...menuFields, 'initial_option']);
  checkInitialOption(place.at('initial_option'), select.initial_option, checkMenuOptions(place, select));
}

function checkMultiStaticSelect(place: Place, select: Json): void {
  checkFields(place, select, ['type'], [...menuFields, 'initial_options', 'max_selected_items']);
  checkInitialOptions(place.at('initial_options'), select.initial_options, checkMenuOptions(place, select));
  const max = select.max_selected_items;
  if (max !== undefined && !(Number.isInteger(max) && Number(max) >= 1)) {
    place.at('max_selected_items').fault('must be an integer of at least 1');
  }
}

function checkOverflow(place: Place, overflow: Json): void {
  checkFields(place, overflow, ['type', 'options'], ['action_id', 'confirm']);
  checkOptions(place.at('options'), overflow.options, {
    max: limits.overflowOptions,
    texts: ['plain_text'],
    links: true,
  });
}

/** What images have in common, as a block and as an element. */
export function checkImage(place: Place, image: Json): void {
  checkString(place.at('alt_text'), image.alt_text, limits.imageAltText);
  checkString(place.at('image_url'), image.image_url, limits.imageUrl, 1);
  if ((image.image_url === undefined) === (image.slack_file === undefined)) {
    place.fault('must have either image_url or slack_file');
  }
}

function checkImageElement(place: Place, image: Json): void {
  checkFields(place, image, ['type', 'alt_text'], ['image_url', 'slack_file']);
  checkImage(place, image);
}
