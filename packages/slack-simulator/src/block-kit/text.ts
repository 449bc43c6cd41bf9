import { limits } from './limits.ts';
import { checkBoolean, checkFields, checkOneOf, checkString, isObject, type Place } from './place.ts';

export type TextType = 'plain_text' | 'mrkdwn';

/** A text object; `types` says which kinds the reference allows in this place. Absent is judged by the caller. */
export function checkText(place: Place, value: unknown, max: number, types: readonly TextType[]): void {
  if (value === undefined) return;
  if (!isObject(value)) {
    place.fault('must be a text object');
    return;
  }
  checkFields(place, value, ['type', 'text'], value.type === 'mrkdwn' ? ['verbatim'] : ['emoji']);
  checkOneOf(place.at('type'), value.type, types);
  checkString(place.at('text'), value.text, max, 1);
  checkBoolean(place.at('emoji'), value.emoji);
  checkBoolean(place.at('verbatim'), value.verbatim);
}

export function checkPlainText(place: Place, value: unknown, max: number): void {
  checkText(place, value, max, ['plain_text']);
}

export function checkAnyText(place: Place, value: unknown, max: number): void {
  checkText(place, value, max, ['plain_text', 'mrkdwn']);
}

export function checkConfirm(place: Place, value: unknown): void {
  if (value === undefined) return;
  if (!isObject(value)) {
    place.fault('must be a confirmation dialog object');
    return;
  }
  checkFields(place, value, ['text'], ['title', 'confirm', 'deny', 'style']);
  checkPlainText(place.at('title'), value.title, limits.confirmTitle);
  checkAnyText(place.at('text'), value.text, limits.confirmText);
  checkPlainText(place.at('confirm'), value.confirm, limits.confirmButton);
  checkPlainText(place.at('deny'), value.deny, limits.confirmButton);
  checkOneOf(place.at('style'), value.style, ['primary', 'danger']);
}
