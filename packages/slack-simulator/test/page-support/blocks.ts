/** Blocks as an app would post them, with fewer words. */

export const plain = (text: string) => ({ type: 'plain_text', text });
export const markdown = (text: string) => ({ type: 'mrkdwn', text });
export const section = (text: string, more: object = {}) => ({
  type: 'section',
  text: markdown(text),
  ...more,
});
export const option = (value: string, text = value) => ({ text: plain(text), value });

export function actions(...elements: readonly object[]) {
  return { type: 'actions', block_id: 'row', elements };
}

export function button(actionId: string, text: string, more: object = {}) {
  return { type: 'button', action_id: actionId, text: plain(text), value: actionId, ...more };
}

export function input(blockId: string, label: string, element: object, more: object = {}) {
  return {
    type: 'input',
    block_id: blockId,
    label: plain(label),
    element: { action_id: blockId, ...element },
    ...more,
  };
}

export function modal(title: string, blocks: readonly object[], more: object = {}) {
  return { type: 'modal', title: plain(title), submit: plain('Send'), close: plain('Back'), blocks, ...more };
}
