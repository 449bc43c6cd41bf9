import type { ActionsBlock, Button, Overflow, PlainTextOption } from '@slack/types';
import { formFields } from '../modals/edit/fields.ts';
import { blockIdOf, encodeTarget } from '../target.ts';
import { plainText } from '../text/mrkdwn.ts';
import type { Picture } from '../types.ts';
import { consolePage } from './facts.ts';
import { canCount, drawingSeen, isOpen, targetSeen } from './seen.ts';

/**
 * The row of buttons, null once the request has ended. Block Kit knows no disabled buttons: one that can do nothing
 * now is left out. Who may not do something is told so when they try.
 * @param isCut whether the message shows less than there is
 */
export function actionsBlock(picture: Picture, isCut: boolean): ActionsBlock | null {
  if (!isOpen(picture)) return null;
  const value = encodeTarget(targetSeen(picture));
  const button = (action_id: string, label: string, style?: 'primary' | 'danger'): Button => {
    return { type: 'button', action_id, text: plainText(label), value, ...(style && { style }) };
  };
  const votable = canCount(picture);
  const elements = [
    votable && button('approve', 'Approve', 'primary'),
    button('deny', 'Deny', 'danger'),
    votable && formFields(picture.approval).fields.length > 0 && button('edit', 'Edit and approve'),
    isCut && button('parameters', 'Show all'),
    menu(picture),
  ];
  return {
    type: 'actions',
    block_id: blockIdOf('actions', drawingSeen(picture)),
    elements: elements.filter((element) => element !== false),
  };
}

function menu(picture: Picture): Overflow {
  const { requestId } = picture.approval.request;
  const acknowledged = Object.keys(picture.approval.acknowledgements).length > 0;
  const page = consolePage(picture, requestId);
  const options = [
    option('cancel', 'Cancel request'),
    option('break_glass', 'Break glass…'),
    acknowledged && option('withdraw', 'Withdraw my acknowledgement'),
    page !== null && { ...option('open', 'Open in console'), url: page },
  ];
  return { type: 'overflow', action_id: 'more', options: options.filter((one) => one !== false) };
}

function option(value: string, label: string): PlainTextOption {
  return { text: plainText(label), value };
}
