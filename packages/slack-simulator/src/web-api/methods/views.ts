import { SlackError } from '../../workspace/slack-error.ts';
import type { Args } from '../args.ts';
import { viewShape } from '../shapes.ts';
import type { Method } from './method.ts';

export const open: Method = ({ triggers, views, identity }, args) => {
  const id = args.needed('trigger_id');
  const trigger = triggers.check(id);
  const opened = views.open(trigger.user, readView(args));
  triggers.exchange(id);
  return { view: viewShape(opened, identity) };
};

/** Needs a trigger that came from a modal. */
export const push: Method = ({ triggers, views, identity }, args) => {
  const id = args.needed('trigger_id');
  const trigger = triggers.check(id);
  if (trigger.viewId === undefined)
    throw new SlackError('invalid_trigger_id', ['it does not come from a modal']);
  if (!views.top(trigger.user)) throw new SlackError('not_found');
  const pushed = views.push(trigger.user, readView(args));
  triggers.exchange(id);
  return { view: viewShape(pushed, identity) };
};

export const update: Method = ({ views, identity }, args) => {
  const id = args.text('view_id');
  const externalId = args.text('external_id');
  if ((id === undefined) === (externalId === undefined)) {
    throw new SlackError('invalid_arguments', ['must have either view_id or external_id']);
  }
  const found = { ...(id !== undefined && { id }), ...(externalId !== undefined && { externalId }) };
  return { view: viewShape(views.update(found, readView(args), args.text('hash')), identity) };
};

function readView(args: Args): unknown {
  const view = args.json('view', 'invalid_arguments');
  if (view === undefined) throw new SlackError('invalid_arguments', ['missing required field: view']);
  return view;
}
