import { h, newId } from '../dom.ts';
import { object } from '../json.ts';
import { drawText, type Names, plainText } from '../text/draw.ts';

/**
 * Asks whether it is really meant, as the element's `confirm` says.
 * @returns false when the person thinks better of it, also by Escape
 */
export function confirmed(confirm: unknown, names: Names): Promise<boolean> {
  if (confirm === undefined || confirm === null) return Promise.resolve(true);
  const { title, text, confirm: yes, deny, style } = object(confirm);
  const id = newId();
  const answer = (value: string): (() => void) => {
    return () => dialog.close(value);
  };
  const dialog = h(
    'dialog',
    { class: 'confirm', role: 'alertdialog', 'aria-labelledby': id, 'aria-describedby': `${id}text` },
    h('h2', { id }, plainText(title) || 'Are you sure?'),
    h('div', { id: `${id}text`, class: 'text' }, ...drawText(text, names)),
    h(
      'footer',
      {},
      h(
        'button',
        { type: 'button', class: 'button', on: { click: answer('no') } },
        plainText(deny) || 'Cancel',
      ),
      h(
        'button',
        {
          type: 'button',
          class: style === 'danger' ? 'button danger' : 'button primary',
          on: { click: answer('yes') },
        },
        plainText(yes) || 'Yes',
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector<HTMLElement>('footer > :last-child')?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
