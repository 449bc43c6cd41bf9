import type { InputBlock, KnownBlock, ModalView, PlainTextInput } from '@slack/types';
import { encodeMetadata } from '../target.ts';
import { plain, plainText } from '../text/mrkdwn.ts';
import type { Drawing, Target } from '../types.ts';

/** What the forms have in common. Their inputs are told apart by block id; the element within is always `INPUT`. */

export const INPUT = 'value';
export const REASON = 'reason';
export const NOTE = 'note';
export const VERDICT = 'verdict';

/** What Slack's text fields hold at most. */
export const MAX_TYPED = 3000;

export interface Form {
  readonly callbackId: string;
  /** At most 24 characters, as the buttons. */
  readonly title: string;
  readonly submit?: string;
  readonly blocks: KnownBlock[];
  readonly metadata?: { readonly target: Target; readonly drawing: Drawing };
}

export function modal({ callbackId, title, submit, blocks, metadata }: Form): ModalView {
  return {
    type: 'modal',
    callback_id: callbackId,
    title: plainText(plain(title, 24)),
    ...(submit !== undefined && { submit: plainText(plain(submit, 24)) }),
    close: plainText(submit === undefined ? 'Close' : 'Back'),
    blocks,
    ...(metadata && { private_metadata: encodeMetadata(metadata.target, metadata.drawing) }),
  };
}

/** Several lines of free text. */
export function textArea(
  blockId: string,
  label: string,
  more: { readonly optional: boolean; readonly minLength?: number; readonly hint?: string },
): InputBlock {
  const element: PlainTextInput = {
    type: 'plain_text_input',
    action_id: INPUT,
    multiline: true,
    max_length: MAX_TYPED,
    ...(more.minLength !== undefined && { min_length: more.minLength }),
  };
  return {
    type: 'input',
    block_id: blockId,
    label: plainText(label),
    element,
    optional: more.optional,
    ...(more.hint !== undefined && { hint: plainText(more.hint) }),
  };
}
