import type { ModalView } from '@slack/types';
import type { Drawing, Target } from '../types.ts';
import { modal, REASON, textArea } from './form.ts';

export function denyForm(target: Target, drawing: Drawing): ModalView {
  return modal({
    callbackId: 'deny',
    title: 'Deny request',
    submit: 'Deny',
    blocks: [
      textArea(REASON, 'Reason', {
        optional: true,
        hint: 'Kept with your denial, and shown in the thread of the request.',
      }),
    ],
    metadata: { target, drawing },
  });
}
