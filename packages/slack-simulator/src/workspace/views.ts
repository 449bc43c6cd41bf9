import { randomBytes } from 'node:crypto';
import { viewBytes, viewFaults } from '../block-kit/judge.ts';
import { limits } from '../block-kit/limits.ts';
import type { Json } from '../block-kit/place.ts';
import type { OpenView } from '../types.ts';
import { withIds } from './messages.ts';
import type { Selections } from './selections.ts';
import { SlackError } from './slack-error.ts';

const deepest = 3;

export interface StoredView extends OpenView {
  /** The lowest of its stack. */
  readonly rootId: string;
  readonly previousId: string | null;
}

/** The modals people have open: a stack each, the last one on top. */
export interface Views {
  stackOf(user: string): readonly StoredView[];
  top(user: string): StoredView | undefined;
  /** In place of all that the user had open. @throws SlackError */
  open(user: string, view: unknown): StoredView;
  /** On top of it. @throws SlackError also push_limit_reached */
  push(user: string, view: unknown): StoredView;
  /** @param hash as it must be now, where given @throws SlackError also not_found, hash_conflict */
  update(find: { id?: string; externalId?: string }, view: unknown, hash?: string): StoredView;
  /** Shows errors at the inputs of a modal, by block id. */
  setErrors(id: string, errors: Readonly<Record<string, string>>): void;
  /** Takes away a modal and what lies on it. */
  close(id: string): void;
  clear(user: string): void;
}

export function viewsOf(clock: () => number, selections: Selections, changed: () => void): Views {
  const stacks = new Map<string, readonly StoredView[]>();
  const newHash = (): string => `${Math.floor(clock())}.${randomBytes(4).toString('hex')}`;
  const stackOf = (user: string): readonly StoredView[] => stacks.get(user) ?? [];
  const setStack = (user: string, stack: readonly StoredView[]): void => {
    for (const { id } of stackOf(user)) if (!stack.some((view) => view.id === id)) selections.drop(id);
    stacks.set(user, stack);
    changed();
  };
  const replace = (view: StoredView): StoredView => {
    setStack(
      view.user,
      stackOf(view.user).map((one) => (one.id === view.id ? view : one)),
    );
    return view;
  };
  const all = (): readonly StoredView[] => [...stacks.values()].flat();
  const checked = (view: unknown, exceptId?: string): Json => {
    const { external_id: externalId } = checkView(view);
    if (externalId && all().some((one) => one.id !== exceptId && one.view.external_id === externalId)) {
      throw new SlackError('duplicate_external_id');
    }
    const whole = view as Json;
    return { ...whole, blocks: withIds(whole.blocks as unknown[]) };
  };
  const put = (user: string, view: unknown, below: readonly StoredView[]): StoredView => {
    const id = `V0${randomBytes(5).toString('hex').toUpperCase()}`;
    const previous = below.at(-1);
    const opened = { id, user, hash: newHash(), errors: {}, view: checked(view) };
    const stored = { ...opened, rootId: previous?.rootId ?? id, previousId: previous?.id ?? null };
    setStack(user, [...below, stored]);
    return stored;
  };
  return {
    stackOf,
    top: (user) => stackOf(user).at(-1),
    open: (user, view) => put(user, view, []),
    push(user, view) {
      if (stackOf(user).length >= deepest) throw new SlackError('push_limit_reached');
      return put(user, view, stackOf(user));
    },
    update({ id, externalId }, view, hash) {
      const stored = all().find((one) =>
        id === undefined ? one.view.external_id === externalId : one.id === id,
      );
      if (!stored) throw new SlackError('not_found');
      if (hash !== undefined && hash !== stored.hash) throw new SlackError('hash_conflict');
      const updated = checked(view, stored.id);
      selections.keepOnly(stored.id, updated.blocks as unknown[]);
      return replace({ ...stored, view: updated, hash: newHash(), errors: {} });
    },
    setErrors(id, errors) {
      const stored = all().find((one) => one.id === id);
      if (stored) replace({ ...stored, errors });
    },
    close(id) {
      const stored = all().find((one) => one.id === id);
      if (!stored) return;
      const stack = stackOf(stored.user);
      setStack(stored.user, stack.slice(0, stack.indexOf(stored)));
    },
    clear: (user) => setStack(user, []),
  };
}

function checkView(view: unknown): Json {
  if (viewBytes(view) > limits.viewBytes) throw new SlackError('view_too_large');
  const faults = viewFaults(view);
  if (faults.length > 0) throw new SlackError('invalid_arguments', faults);
  return view as Json;
}
