import type { ModalView } from '@slack/types';
import type { Drawing, Target } from '../types.ts';
import { modal, REASON, textArea } from './form.ts';

export function cancelForm(target: Target, drawing: Drawing): ModalView {
  return modal({
    callbackId: 'cancel',
    title: 'Cancel request',
    submit: 'Cancel request',
    blocks: [
      textArea(REASON, 'Reason', {
        optional: true,
        hint: 'Only who asked, or for whom it was asked, can take a request back.',
      }),
    ],
    metadata: { target, drawing },
  });
}
