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

const common = ['action_id', 'initial_value', 'placeholder', 'focus_on_load', 'dispatch_action_config'];

export function checkPlainTextInput(place: Place, input: Json): void {
  checkFields(place, input, ['type'], [...common, 'multiline', 'min_length', 'max_length']);
  checkBoolean(place.at('multiline'), input.multiline);
  checkLength(place.at('min_length'), input.min_length, 0);
  checkLength(place.at('max_length'), input.max_length, 1);
  if (Number(input.min_length) > Number(input.max_length))
    place.fault('min_length must not be above max_length');
  const max = typeof input.max_length === 'number' ? input.max_length : limits.plainTextInput;
  checkString(place.at('initial_value'), input.initial_value, max);
  checkDispatch(place.at('dispatch_action_config'), input.dispatch_action_config);
}

function checkLength(place: Place, value: unknown, min: number): void {
  if (value === undefined) return;
  if (!Number.isInteger(value)) {
    place.fault('must be an integer');
    return;
  }
  if (Number(value) < min) place.fault(`must be at least ${min}`);
  if (Number(value) > limits.plainTextInput) place.fault(`must be at most ${limits.plainTextInput}`);
}

/** Numbers are written as strings. */
export function checkNumberInput(place: Place, input: Json): void {
  checkFields(place, input, ['type', 'is_decimal_allowed'], [...common, 'min_value', 'max_value']);
  checkBoolean(place.at('is_decimal_allowed'), input.is_decimal_allowed);
  for (const field of ['initial_value', 'min_value', 'max_value'] as const) {
    const value = input[field];
    if (value === undefined) continue;
    if (!isNumeral(value, input.is_decimal_allowed === true))
      place.at(field).fault('must be a number as a string');
  }
  if (Number(input.min_value) > Number(input.max_value)) place.fault('min_value must not be above max_value');
  if (Number(input.initial_value) < Number(input.min_value))
    place.fault('initial_value must not be below min_value');
  if (Number(input.initial_value) > Number(input.max_value))
    place.fault('initial_value must not be above max_value');
  checkDispatch(place.at('dispatch_action_config'), input.dispatch_action_config);
}

/** Whether Slack's number field takes this: `-10`, `0.25`. */
export function isNumeral(value: unknown, decimals: boolean): boolean {
  return typeof value === 'string' && (decimals ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/).test(value);
}

function checkDispatch(place: Place, config: unknown): void {
  if (config === undefined) return;
  if (!isObject(config)) {
    place.fault('must be a dispatch action configuration');
    return;
  }
  checkFields(place, config, [], ['trigger_actions_on']);
  for (const [index, on] of checkItems(
    place.at('trigger_actions_on'),
    config.trigger_actions_on,
    2,
  ).entries()) {
    checkOneOf(place.at('trigger_actions_on').at(index), on, ['on_enter_pressed', 'on_character_entered']);
  }
}
