import type { PageChannel, PageState } from '../../page-seam.ts';
import type { People } from '../wire.ts';
import { conversation } from './conversation.ts';
import { h } from './dom.ts';
import { keyed, type View } from './keyed.ts';
import { modalView } from './modal/modal.ts';
import { sidebar, titleOf } from './sidebar.ts';
import type { Names } from './text/draw.ts';
import { markRead, unreadOf } from './unread.ts';

export interface App {
  readonly element: HTMLElement;
  /** @param wanted the channel that the address names */
  show(state: PageState, wanted: string | null): void;
  connected(is: boolean): void;
}

interface Open {
  readonly user: string;
  readonly channel: PageChannel | null;
}

/** The whole page. @param refresh asks for the newest state */
export function app({ users }: People, refresh: () => void): App {
  let channels: readonly PageChannel[] = [];
  const names: Names = {
    user: (id) => users.find((user) => user.id === id)?.name ?? null,
    channel: (id) => channels.find((channel) => channel.id === id)?.name ?? null,
  };
  const side = sidebar(users);
  const title = h('h1');
  const notice = h('p', { class: 'notice', role: 'status', hidden: true });
  const place = h('div', { class: 'place' });
  const main = h('main', { tabindex: -1 }, h('header', {}, title), notice, place);
  const modals = h('div');
  // Another person, another channel: nothing is kept of the one before.
  const showPlace = keyed(
    place,
    ({ user, channel }: Open) => `${user}/${channel?.id}`,
    (open) => openView(open, names),
  );
  const showModals = keyed(
    modals,
    ({ id, user }: PageState['views'][number]) => `${user}/${id}`,
    ({ user }) => modalView({ user, names, refresh }),
  );
  const show = (state: PageState, wanted: string | null): void => {
    channels = state.channels;
    const channel = channels.find(({ id }) => id === wanted) ?? channels[0] ?? null;
    const user = state.user.id;
    const modalsBefore = modals.childElementCount;
    if (channel !== null && document.visibilityState === 'visible') markRead(user, channel);
    side.update({ state, channel: channel?.id ?? null });
    title.textContent = channel === null ? 'No channels yet' : titleOf(channel);
    showPlace([{ user, channel }]);
    showModals(state.views);
    // The browser gives the focus back to where it was before a modal, unless that has been drawn anew since.
    if (state.views.length < modalsBefore && document.activeElement === document.body) main.focus();
    const unread = channels.reduce((sum, each) => sum + unreadOf(user, each), 0);
    document.title = `${unread === 0 ? '' : `(${unread}) `}${state.user.name} – Slack (simulated)`;
    if (state.views.length === 0 && document.activeElement === document.body)
      main.focus({ preventScroll: true });
  };
  const connected = (is: boolean): void => {
    notice.hidden = is;
    notice.textContent = is ? '' : 'The simulator does not answer. Trying again…';
  };
  return { element: h('div', { class: 'app' }, side.element, main, modals), show, connected };
}

function openView({ user, channel }: Open, names: Names): View<Open> {
  if (channel === null) {
    const text = 'Nothing has been posted yet. Channels appear here with the first message of the app.';
    return { element: h('p', { class: 'empty' }, text), update: () => {} };
  }
  const { element, update } = conversation({ user, channel: channel.id, names });
  return { element, update: (open) => open.channel !== null && update(open.channel) };
}
