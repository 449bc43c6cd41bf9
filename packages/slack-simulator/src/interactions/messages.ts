import type { Click, Delivery } from '../types.ts';
import type { Channel, StoredMessage } from '../workspace/channels.ts';
import { messageKey } from '../workspace/messages.ts';
import type { Person } from '../workspace/people.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { actionOf } from './action.ts';
import { findElement, initiallyHeld } from './elements.ts';
import { heldValues } from './held.ts';
import { actor, messageScene } from './payloads.ts';
import type { Scene } from './scene.ts';

/** A click on an element of a message, as it now stands there. @throws Error when it is not there */
export async function clickMessage(scene: Scene, click: Click): Promise<Delivery> {
  const { workspace } = scene;
  const person = thePerson(workspace, click.user);
  const { channel, message } = visibleMessage(workspace, person, click);
  const found = findElement(message.blocks, click.actionId, click.blockId);
  const place = messageKey(channel.id, message.ts);
  const action = actionOf(found, click.selected, workspace.ts.next());
  if (click.selected && initiallyHeld(found.element) !== undefined) {
    workspace.selections.set(place, person.id, {
      blockId: found.blockId,
      actionId: found.actionId,
      values: click.selected,
    });
    workspace.changed();
  }
  return scene.send({
    type: 'block_actions',
    ...actor(workspace, person),
    ...messageScene(workspace, channel, message),
    trigger_id: workspace.triggers.issue({ user: person.id, viewId: undefined }),
    response_url: scene.responseUrl({ user: person.id, channel: channel.id, ts: message.ts }),
    state: { values: heldValues(message.blocks, workspace.selections.of(place, person.id), {}) },
    actions: [action],
  });
}

function visibleMessage(
  { channels, people }: Workspace,
  person: Person,
  click: Click,
): { channel: Channel; message: StoredMessage } {
  const direct = people.find(click.channel.replace(/^@/, ''));
  const channel = channels.find(direct ? `@${direct.id}` : click.channel);
  if (!channel || (channel.user !== undefined && channel.user !== person.id)) {
    throw new Error(`${person.name} sees no channel ${click.channel}`);
  }
  const message = channel.messages.get(click.ts);
  if (!message || (message.ephemeralFor !== undefined && message.ephemeralFor !== person.id)) {
    throw new Error(`${person.name} sees no message ${click.ts} in ${click.channel}`);
  }
  return { channel, message };
}

/** By id or name. @throws Error */
export function thePerson({ people }: Workspace, user: string): Person {
  const person = people.find(user);
  if (!person) throw new Error(`no user ${user} in this workspace`);
  return person;
}
