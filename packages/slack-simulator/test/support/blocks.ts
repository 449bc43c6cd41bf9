import type { KnownBlock, ModalView } from '@slack/web-api';

export const plain = (text: string) => ({ type: 'plain_text', text }) as const;
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text }) as const;
export const option = (value: string) => ({ text: plain(value.toUpperCase()), value });

export const button = (actionId: string, value = actionId) =>
  ({ type: 'button', action_id: actionId, text: plain(actionId), value }) as const;

export const section = (text: string): KnownBlock => ({ type: 'section', text: mrkdwn(text) });

export function actions(blockId: string, ...elements: unknown[]): KnownBlock {
  return { type: 'actions', block_id: blockId, elements } as KnownBlock;
}

export function input(blockId: string, element: object, rest: object = {}): KnownBlock {
  return { type: 'input', block_id: blockId, label: plain(blockId), element, ...rest } as KnownBlock;
}

export function modal(blocks: readonly KnownBlock[], rest: Partial<ModalView> = {}): ModalView {
  const base: ModalView = {
    type: 'modal',
    callback_id: 'modal',
    title: plain('Title'),
    submit: plain('OK'),
    blocks: [...blocks],
  };
  return { ...base, ...rest };
}
