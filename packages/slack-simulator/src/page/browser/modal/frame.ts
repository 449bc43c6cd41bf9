import { marks, type Place } from '../blocks/surface.ts';
import { h, newId } from '../dom.ts';
import type { Json } from '../json.ts';
import { plainText } from '../text/draw.ts';

/** The elements around a modal's blocks. */
export interface Frame {
  readonly dialog: HTMLDialogElement;
  readonly blocks: HTMLElement;
  readonly problem: HTMLElement;
  readonly close: HTMLButtonElement;
  /** Titles and labels as the view has them. */
  label(view: Json): void;
}

/** The submit button, to those who show that it is under way; no block of an app has an empty id. */
export const SUBMIT: Place = { blockId: '', actionId: 'submit' };

/** @param closed called however the dialog is closed by its person */
export function frame(submitted: () => void, closed: () => void): Frame {
  const id = newId();
  const title = h('h2', { id });
  const blocks = h('div', { class: 'blocks' });
  const problem = h('p', { class: 'trouble', role: 'alert', hidden: true });
  const close = h('button', { type: 'button', class: 'button', on: { click: closed } });
  const submit = h('button', { ...marks(SUBMIT), type: 'submit', class: 'button primary' });
  const form = h('form', { novalidate: true }, blocks, problem, h('footer', {}, close, submit));
  const cross = h(
    'button',
    { type: 'button', class: 'close', 'aria-label': 'Close', on: { click: closed } },
    '×',
  );
  const dialog = h('dialog', { class: 'modal', 'aria-labelledby': id }, h('header', {}, title, cross), form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submitted();
  });
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    closed();
  });
  // Browsers let a second Escape close it whatever the page says.
  dialog.addEventListener('close', closed);
  const label = (view: Json): void => {
    title.textContent = plainText(view.title);
    close.textContent = plainText(view.close) || 'Cancel';
    submit.textContent = plainText(view.submit);
    submit.hidden = submit.textContent === '';
  };
  return { dialog, blocks, problem, close, label };
}
