import { isDeepStrictEqual } from 'node:util';
import { limits } from './limits.ts';
import { checkFields, checkItems, checkString, isObject, type Json, type Place } from './place.ts';
import { checkPlainText, checkText, type TextType } from './text.ts';

export interface OptionRules {
  readonly max: number;
  readonly texts: readonly TextType[];
  /** Only overflow menus have options that are links. */
  readonly links?: boolean;
}

/** Judges `options`; returns those that are objects, for comparing the initial ones with. */
export function checkOptions(place: Place, value: unknown, rules: OptionRules): readonly Json[] {
  const values = new Set<unknown>();
  const options: Json[] = [];
  for (const [index, option] of checkItems(place, value, rules.max).entries()) {
    checkOption(place.at(index), option, rules);
    if (!isObject(option)) continue;
    if (values.has(option.value)) place.at(index).at('value').fault('must be unique among the options');
    values.add(option.value);
    options.push(option);
  }
  return options;
}

function checkOption(place: Place, option: unknown, rules: OptionRules): void {
  if (!isObject(option)) {
    place.fault('must be an option object');
    return;
  }
  checkFields(place, option, ['text', 'value'], rules.links ? ['description', 'url'] : ['description']);
  checkText(place.at('text'), option.text, limits.optionText, rules.texts);
  checkText(place.at('description'), option.description, limits.optionDescription, rules.texts);
  checkString(place.at('value'), option.value, limits.optionValue, 1);
  checkString(place.at('url'), option.url, limits.url, 1);
}

/** A menu has either options or groups of them. */
export function checkMenuOptions(place: Place, element: Json): readonly Json[] {
  if ((element.options === undefined) === (element.option_groups === undefined)) {
    place.fault('must have either options or option_groups');
  }
  const rules: OptionRules = { max: limits.selectOptions, texts: ['plain_text'] };
  const grouped = checkItems(place.at('option_groups'), element.option_groups, limits.optionGroups).flatMap(
    (group, index) => checkGroup(place.at('option_groups').at(index), group, rules),
  );
  return [...checkOptions(place.at('options'), element.options, rules), ...grouped];
}

function checkGroup(place: Place, group: unknown, rules: OptionRules): readonly Json[] {
  if (!isObject(group)) {
    place.fault('must be an option group object');
    return [];
  }
  checkFields(place, group, ['label', 'options'], []);
  checkPlainText(place.at('label'), group.label, limits.groupLabel);
  return checkOptions(place.at('options'), group.options, rules);
}

/** What is selected at first must be an option exactly as it stands among the options. */
export function checkInitialOption(place: Place, value: unknown, options: readonly Json[]): void {
  if (value === undefined) return;
  if (!options.some((option) => isDeepStrictEqual(option, value))) place.fault('must be one of the options');
}

export function checkInitialOptions(place: Place, value: unknown, options: readonly Json[]): void {
  const items = checkItems(place, value, options.length);
  for (const [index, option] of items.entries()) checkInitialOption(place.at(index), option, options);
}
