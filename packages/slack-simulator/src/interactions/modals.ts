import type { Delivery } from '../types.ts';
import { viewShape } from '../web-api/shapes.ts';
import type { StoredView } from '../workspace/views.ts';
import { actionOf } from './action.ts';
import { complaints } from './complaints.ts';
import { findElement, initiallyHeld } from './elements.ts';
import { heldValues, type Typed } from './held.ts';
import { thePerson } from './messages.ts';
import { actor } from './payloads.ts';
import type { Scene } from './scene.ts';
import { applyAnswer } from './submission-answer.ts';

/** Submits the topmost modal and does what the answer says. @throws Error as Slack's client would not send it */
export async function submitModal(scene: Scene, user: string, typed: Typed): Promise<Delivery> {
  const { workspace } = scene;
  const person = thePerson(workspace, user);
  const open = topmost(scene, person.id);
  if (open.view.submit === undefined) throw new Error('this modal has no submit button');
  const blocks = open.view.blocks as readonly unknown[];
  const values = heldValues(blocks, workspace.selections.of(open.id, person.id), typed);
  const wrong = complaints(blocks, values);
  workspace.views.setErrors(open.id, wrong);
  const [complaint] = Object.entries(wrong);
  if (complaint) throw new Error(`not submitted: ${complaint[0]}: ${complaint[1]}`);
  const delivery = await scene.send({
    type: 'view_submission',
    ...actor(workspace, person),
    trigger_id: workspace.triggers.issue({ user: person.id, viewId: open.id }),
    view: viewShape(open, workspace.identity, values),
    response_urls: [],
  });
  if (delivery.status === 200) applyAnswer(workspace.views, open, delivery.body);
  return delivery;
}

/** Clicks a button or menu within the topmost modal. @throws Error when it is not there */
export async function clickModal(
  scene: Scene,
  user: string,
  actionId: string,
  selected?: readonly string[],
  typed: Typed = {},
): Promise<Delivery> {
  const { workspace } = scene;
  const person = thePerson(workspace, user);
  const open = topmost(scene, person.id);
  const blocks = open.view.blocks as readonly unknown[];
  const found = findElement(blocks, actionId);
  const action = actionOf(found, selected, workspace.ts.next());
  if (selected && initiallyHeld(found.element) !== undefined) {
    workspace.selections.set(open.id, person.id, { blockId: found.blockId, actionId, values: selected });
    workspace.changed();
  }
  const values = heldValues(blocks, workspace.selections.of(open.id, person.id), typed);
  return scene.send({
    type: 'block_actions',
    ...actor(workspace, person),
    container: { type: 'view', view_id: open.id },
    trigger_id: workspace.triggers.issue({ user: person.id, viewId: open.id }),
    view: viewShape(open, workspace.identity, values),
    actions: [action],
  });
}

/** Closes the topmost modal, or all of them where it says so. Null when the app does not want to know. */
export async function closeModal(scene: Scene, user: string): Promise<Delivery | null> {
  const { workspace } = scene;
  const person = thePerson(workspace, user);
  const open = topmost(scene, person.id);
  const isCleared = open.view.clear_on_close === true;
  if (isCleared) workspace.views.clear(person.id);
  else workspace.views.close(open.id);
  if (open.view.notify_on_close !== true) return null;
  const view = viewShape(open, workspace.identity);
  return scene.send({ type: 'view_closed', ...actor(workspace, person), view, is_cleared: isCleared });
}

function topmost({ workspace }: Scene, user: string): StoredView {
  const open = workspace.views.top(user);
  if (!open) throw new Error(`${user} has no modal open`);
  return open;
}
