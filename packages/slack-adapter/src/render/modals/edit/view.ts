import type { Json } from '@countersign/domain';
import type { InputBlock, InputBlockElement, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { drawingSeen, targetSeen } from '../../parts/seen.ts';
import { joinWithin } from '../../text/join.ts';
import { jsonText } from '../../text/json.ts';
import { code, mrkdwn, plain, plainText } from '../../text/mrkdwn.ts';
import type { Picture } from '../../types.ts';
import { INPUT, MAX_TYPED, modal, NOTE, textArea } from '../form.ts';
import { type Field, formFields } from './fields.ts';

const MAX_LABEL = 200;
const MAX_HINT = 400;
const MAX_LISTED = { parts: 20, width: 1000 };

/** "Edit and approve": a form made from what the policy lets approvers edit, and the action's JSON Schema. */
export function editForm(picture: Picture): ModalView {
  const { fields, leftOut } = formFields(picture.approval);
  const { nonMaterial = [] } = picture.approval.request.slate.overrides ?? {};
  return modal({
    callbackId: 'edit',
    title: 'Edit and approve',
    submit: 'Approve',
    blocks: [
      section(introduction(fields, nonMaterial)),
      ...fields.map((field) => inputOf(field, nonMaterial.includes(field.key))),
      ...(leftOut.length === 0 ? [] : [section(`Too long to be edited in Slack: ${listed(leftOut)}.`)]),
      textArea(NOTE, 'Note', { optional: true, hint: 'Kept with your approval.' }),
    ],
    metadata: { target: targetSeen(picture), drawing: drawingSeen(picture) },
  });
}

function introduction(fields: readonly Field[], nonMaterial: readonly string[]): string {
  const harmless = fields.map(({ key }) => key).filter((key) => nonMaterial.includes(key));
  const but = harmless.length === 0 ? '' : `, unless only ${listed(harmless)} changes`;
  return `You approve the parameters as you leave them here. After an edit, earlier approvals no longer count${but}.`;
}

function inputOf(field: Field, isHarmless: boolean): InputBlock {
  const { key, blockId, schema, kind } = field;
  const title = typeof schema.title === 'string' ? schema.title : '';
  const hint = [schema.description, shapeOf(field), isHarmless && 'Editing it keeps earlier approvals.'];
  const words = hint.filter((part) => typeof part === 'string' && part.trim() !== '').join(' ');
  return {
    type: 'input',
    block_id: blockId,
    label: plainText(plain(title.trim() === '' ? key : `${title} (${key})`, MAX_LABEL)),
    element: elementOf(field),
    // What is there is edited, not taken away: no edit removes a parameter.
    optional: kind.initial === null,
    ...(words !== '' && { hint: plainText(plain(words, MAX_HINT)) }),
  };
}

function elementOf({ kind }: Field): InputBlockElement {
  switch (kind.type) {
    case 'choice': {
      const options = kind.options.map(optionOf);
      const initial = kind.initial === null ? undefined : options[kind.initial];
      return {
        type: 'static_select',
        action_id: INPUT,
        options,
        ...(initial && { initial_option: initial }),
      };
    }
    case 'number':
      return {
        type: 'number_input',
        action_id: INPUT,
        is_decimal_allowed: !kind.isWhole,
        ...(kind.initial !== null && { initial_value: kind.initial }),
        ...(kind.min !== undefined && { min_value: kind.min }),
        ...(kind.max !== undefined && { max_value: kind.max }),
      };
    case 'text':
      return textInput(kind.initial, kind.isLong, kind.maxLength);
    case 'json':
      return textInput(kind.initial, true, MAX_TYPED);
  }
}

function textInput(initial: string | null, multiline: boolean, max_length: number): InputBlockElement {
  const prefilled = initial === null ? {} : { initial_value: initial };
  return { type: 'plain_text_input', action_id: INPUT, multiline, max_length, ...prefilled };
}

function optionOf(option: Json, index: number, all: readonly Json[]): PlainTextOption {
  const isPlain =
    typeof option === 'string' && !all.some((other) => other !== option && jsonText(other) === option);
  return { text: plainText(plain(isPlain ? option : jsonText(option), 75)), value: String(index) };
}

/** What a text field can't say by itself. */
function shapeOf({ kind }: Field): string | null {
  if (kind.type === 'json') return 'As JSON: a text stands in double quotes.';
  if (kind.type !== 'number') return null;
  const what = kind.isWhole ? 'A whole number' : 'A number';
  if (kind.min !== undefined && kind.max !== undefined) return `${what}, ${kind.min} to ${kind.max}.`;
  if (kind.min !== undefined) return `${what}, at least ${kind.min}.`;
  return kind.max === undefined ? null : `${what}, at most ${kind.max}.`;
}

function listed(keys: readonly string[]): string {
  return joinWithin(
    keys.map((key) => code(key, 60)),
    ', ',
    MAX_LISTED,
  );
}

function section(text: string): KnownBlock {
  return { type: 'section', text: mrkdwn(text) };
}
