import type { ModalView } from '@slack/types';
import { plain, plainText } from '../text/mrkdwn.ts';
import { modal } from './form.ts';

const MAX_TEXT = 2900;

/** @param text plain, of whatever origin */
export function notice(title: string, text: string): ModalView {
  const block = { type: 'section' as const, text: plainText(plain(text, MAX_TEXT)) };
  return modal({ callbackId: 'notice', title, blocks: [block] });
}
