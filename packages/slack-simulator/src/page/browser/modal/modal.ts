import type { OpenView } from '../../../types.ts';
import { confirmed } from '../blocks/confirm.ts';
import { type Action, controlOf } from '../blocks/surface.ts';
import { keepingFocus } from '../focus.ts';
import type { View } from '../keyed.ts';
import { pending, trouble } from '../pending.ts';
import { post } from '../server.ts';
import type { Names } from '../text/draw.ts';
import { focusable } from './field.ts';
import { drawForm, type Form } from './form.ts';
import { frame, SUBMIT } from './frame.ts';

export interface ModalPlace {
  readonly user: string;
  readonly names: Names;
  /** Asks for the newest state. */
  refresh(): void;
}

/** One open modal, on top of those below it. What was typed stays while others act, and when the app updates it. */
export function modalView({ user, names, refresh }: ModalPlace): View<OpenView> {
  let form: Form | null = null;
  let drawn = '';
  let shownErrors = NO_ERRORS;
  let ended = false;
  const selected = new Map<string, readonly string[]>();

  const submit = async (): Promise<void> => {
    if (form?.check() !== true) return;
    const values = form.values();
    // The same errors are told again when they come again.
    shownErrors = NO_ERRORS;
    await clicks.run(SUBMIT, () => post('submit', { user, values }));
    refresh();
  };
  const close = async (): Promise<void> => {
    if (ended) return;
    failed(await post('close', { user }));
    refresh();
  };
  const {
    dialog,
    blocks,
    problem,
    close: closeButton,
    label,
  } = frame(
    () => void submit(),
    () => void close(),
  );
  const failed = trouble(problem);
  const clicks = pending(dialog, failed);

  const send = (action: Action): Promise<string | null> => {
    if (action.selected !== undefined) selected.set(controlOf(action), action.selected);
    const { actionId, selected: values } = action;
    return post('click-in-view', { user, actionId, selected: values, values: form?.values() ?? {} });
  };
  const draw = ({ view }: OpenView): void => {
    const before = form;
    const now = drawForm(view, {
      names,
      act: async (action) =>
        (await confirmed(action.confirm, names)) && clicks.run(action, () => send(action)),
      selected: (at) => selected.get(controlOf(at)) ?? null,
    });
    form = now;
    if (before !== null) now.keep(before);
    label(view);
    keepingFocus(blocks, () => blocks.replaceChildren(...now.blocks));
    clicks.show();
  };
  const update = (open: OpenView): void => {
    const key = JSON.stringify(open.view);
    if (key !== drawn) draw(open);
    drawn = key;
    if (!dialog.open) {
      dialog.showModal();
      (focusable(blocks) ?? closeButton).focus();
    }
    const errors = JSON.stringify(open.errors);
    if (errors === shownErrors) return;
    shownErrors = errors;
    const homeless = form?.show(open.errors) ?? [];
    if (homeless.length > 0) failed(homeless.join('\n'));
  };
  const end = (): void => {
    ended = true;
    dialog.close();
  };
  return { element: dialog, update, end };
}

const NO_ERRORS = '{}';
