import type { PageMessage } from '../../page-seam.ts';
import { drawBlocks } from './blocks/blocks.ts';
import { confirmed } from './blocks/confirm.ts';
import type { Action, Surface } from './blocks/surface.ts';
import { h } from './dom.ts';
import { keepingFocus } from './focus.ts';
import type { View } from './keyed.ts';
import { type Pending, pending, trouble } from './pending.ts';
import { post } from './server.ts';
import { drawMrkdwn, type Names } from './text/draw.ts';

/** Whose eyes, and which channel. */
export interface Here {
  readonly user: string;
  readonly channel: string;
  readonly names: Names;
}

/** One message, drawn anew only when it has changed. */
export function messageView(here: Here): View<PageMessage> {
  const body = h('div', { class: 'body' });
  const problem = h('p', { class: 'trouble', role: 'alert', hidden: true });
  const element = h('article', { class: 'message', tabindex: -1 }, body, problem);
  const clicks = pending(element, trouble(problem));
  let drawn = '';
  const update = (message: PageMessage): void => {
    const key = JSON.stringify(message);
    if (key === drawn) return;
    drawn = key;
    element.setAttribute('aria-label', `${message.author}, ${timeOf(message.ts).textContent}`);
    element.classList.toggle('ephemeral', message.ephemeralFor !== undefined);
    keepingFocus(element, () =>
      body.replaceChildren(...drawMessage(message, surfaceOf(here, message, clicks))),
    );
    clicks.show();
  };
  return { element, update };
}

function click(here: Here, ts: string, { blockId, actionId, selected }: Action): Promise<string | null> {
  return post('click', {
    user: here.user,
    channel: here.channel,
    ts,
    actionId,
    // A place made up for a block that has no id means nothing to anybody else.
    blockId: blockId.startsWith('#') ? undefined : blockId,
    selected,
  });
}

function surfaceOf(here: Here, { ts, selected }: PageMessage, clicks: Pending): Surface {
  return {
    names: here.names,
    act: async (action) =>
      (await confirmed(action.confirm, here.names)) && clicks.run(action, () => click(here, ts, action)),
    input: null,
    selected: ({ blockId, actionId }) =>
      selected.find((held) => held.blockId === blockId && held.actionId === actionId)?.values ?? null,
  };
}

function drawMessage(message: PageMessage, surface: Surface): HTMLElement[] {
  const { author, ts, editedTs, ephemeralFor, blocks, text } = message;
  const content =
    blocks.length > 0
      ? drawBlocks(blocks, surface)
      : [h('div', { class: 'text' }, ...drawMrkdwn(text, surface.names))];
  const head = h(
    'header',
    {},
    h('span', { class: 'avatar', 'aria-hidden': 'true' }, [...author][0]?.toUpperCase() ?? '?'),
    h('strong', {}, author),
    h('span', { class: 'badge' }, 'App'),
    timeOf(ts),
    editedTs === undefined ? null : h('span', { class: 'edited', title: fullTime(editedTs) }, '(edited)'),
  );
  const privately = ephemeralFor === undefined ? null : h('p', { class: 'private' }, 'Only visible to you');
  return [...(privately === null ? [] : [privately]), head, ...content];
}

/** Of today only the time, in the reader's zone. */
function timeOf(ts: string): HTMLTimeElement {
  const date = new Date(Number(ts) * 1000);
  const today = date.toDateString() === new Date().toDateString();
  const format: Intl.DateTimeFormatOptions = today
    ? { timeStyle: 'short' }
    : { dateStyle: 'medium', timeStyle: 'short' };
  return h(
    'time',
    { datetime: date.toISOString(), title: fullTime(ts) },
    date.toLocaleString(undefined, format),
  );
}

function fullTime(ts: string): string {
  return new Date(Number(ts) * 1000).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'medium' });
}
