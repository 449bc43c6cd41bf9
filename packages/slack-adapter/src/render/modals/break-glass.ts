import type { InputBlock, ModalView, PlainTextOption, SectionBlock } from '@slack/types';
import { mrkdwn, plainText } from '../text/mrkdwn.ts';
import type { Drawing, Target } from '../types.ts';
import { INPUT, modal, REASON, textArea, VERDICT } from './form.ts';

const MIN_REASON = 10;

const warning: SectionBlock = {
  type: 'section',
  text: mrkdwn(
    '🚨 This decides the request at once, past acknowledgements and approvals. Only super-approvers can, never for ' +
      'their own request. Everybody on the slate is told, and another super-approver has to review it.',
  ),
};

const verdict: InputBlock = {
  type: 'input',
  block_id: VERDICT,
  label: plainText('Decision'),
  element: {
    type: 'static_select',
    action_id: INPUT,
    options: [verdictOption('Approve', 'approved'), verdictOption('Deny', 'denied')],
  },
};

/** Values of the verdict: `approved`, `denied`. */
export function breakGlassForm(target: Target, drawing: Drawing): ModalView {
  return modal({
    callbackId: 'break_glass',
    title: 'Break glass',
    submit: 'Break glass',
    blocks: [
      warning,
      verdict,
      textArea(REASON, 'Reason', {
        optional: false,
        minLength: MIN_REASON,
        hint: `At least ${MIN_REASON} characters. It stands in the record for good.`,
      }),
    ],
    metadata: { target, drawing },
  });
}

function verdictOption(label: string, value: 'approved' | 'denied'): PlainTextOption {
  return { text: plainText(label), value };
}
