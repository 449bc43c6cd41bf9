import { type Json, object, objects, string } from '../json.ts';
import type { Place, Surface } from './surface.ts';

export interface Option {
  readonly value: string;
  /** Text objects. */
  readonly text: unknown;
  readonly description: unknown;
  /** Of an overflow menu's. */
  readonly url: string;
}

function optionOf(option: Json): Option {
  const { value, text, description, url } = option;
  return { value: string(value), text, description, url: string(url) };
}

export function optionsOf(element: Json): readonly Option[] {
  return objects(element.options).map(optionOf);
}

export interface OptionGroup {
  readonly label: unknown;
  readonly options: readonly Option[];
}

/** Of a menu: its groups, or one without a label. */
export function groupsOf(element: Json): readonly OptionGroup[] {
  if (!Array.isArray(element.option_groups)) return [{ label: null, options: optionsOf(element) }];
  return objects(element.option_groups).map((group) => ({ label: group.label, options: optionsOf(group) }));
}

/** Values of what is selected when the element is drawn. */
export function initialOf(element: Json): readonly string[] {
  const many = objects(element.initial_options).map((option) => string(option.value));
  return element.initial_option === undefined ? many : [string(object(element.initial_option).value)];
}

/** Values of what this person has selected by now. */
export function selectedOf(element: Json, at: Place, surface: Surface): ReadonlySet<string> {
  return new Set(surface.selected(at) ?? initialOf(element));
}
