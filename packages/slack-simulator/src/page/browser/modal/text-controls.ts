import { h } from '../dom.ts';
import { type Json, number, string } from '../json.ts';
import { plainText } from '../text/draw.ts';
import type { Control } from './control.ts';

const LONGEST = 3000;

/** `plain_text_input`, and those for addresses. */
export function textControl(element: Json): Control {
  const attributes = {
    placeholder: plainText(element.placeholder) || null,
    autocomplete: 'off',
    'data-focus': string(element.action_id),
  };
  const type = { email_text_input: 'email', url_text_input: 'url' }[string(element.type)] ?? 'text';
  const field =
    element.multiline === true
      ? h('textarea', { ...attributes, rows: 4 })
      : h('input', { ...attributes, type });
  field.value = string(element.initial_value);
  return {
    element: field,
    grouped: false,
    value: () => (field.value === '' ? null : field.value),
    put: (held) => {
      field.value = typeof held === 'string' ? held : '';
    },
    problem: () =>
      lengthProblem(element, field.value) ?? (field.validity.typeMismatch ? SHAPES[type] : null) ?? null,
  };
}

const SHAPES: Readonly<Record<string, string>> = {
  email: 'This is not an e-mail address.',
  url: 'This is not an address of the web; it begins with https://.',
};

function lengthProblem(element: Json, { length }: string): string | null {
  const min = number(element.min_length) ?? 0;
  const max = number(element.max_length) ?? LONGEST;
  if (length < min) return `At least ${min} characters are needed; there are ${length}.`;
  if (length > max) return `At most ${max} characters are allowed; there are ${length}.`;
  return null;
}

export function numberControl(element: Json): Control {
  const decimal = element.is_decimal_allowed === true;
  const field = h('input', {
    type: 'text',
    inputmode: decimal ? 'decimal' : 'numeric',
    placeholder: plainText(element.placeholder) || null,
    autocomplete: 'off',
    'data-focus': string(element.action_id),
  });
  field.value = string(element.initial_value);
  return {
    element: field,
    grouped: false,
    value: () => (field.value.trim() === '' ? null : field.value.trim()),
    put: (held) => {
      field.value = typeof held === 'string' ? held : '';
    },
    problem: () => numberProblem(element, field.value.trim(), decimal),
  };
}

function numberProblem(element: Json, text: string, decimal: boolean): string | null {
  if (text === '') return null;
  if (!(decimal ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/).test(text)) {
    return decimal ? 'A number is needed, such as 2 or 0.5.' : 'A whole number is needed.';
  }
  const min = number(element.min_value);
  const max = number(element.max_value);
  if (min !== null && Number(text) < min) return `The least is ${min}.`;
  if (max !== null && Number(text) > max) return `The most is ${max}.`;
  return null;
}
