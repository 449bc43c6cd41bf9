import type { PageChannel, PageState, PageUser } from '../../page-seam.ts';
import { h, newId } from './dom.ts';
import { keyed, type View } from './keyed.ts';
import { go, placeAmong } from './place.ts';
import { unreadOf } from './unread.ts';

export interface Shown {
  readonly state: PageState;
  /** Id of the channel that is open. */
  readonly channel: string | null;
}

/** Who one is, and where one can go. */
export function sidebar(users: readonly PageUser[]): View<Shown> {
  const id = newId();
  const who = h(
    'select',
    { id, on: { change: () => go(who.value, null) } },
    ...users.map((user) => h('option', { value: user.id }, user.name)),
  );
  let user = placeAmong(users)?.user.id ?? '';
  who.value = user;
  const channels = entries('Channels', (channel) => go(user, channel));
  const directs = entries('Direct messages', (channel) => go(user, channel));
  const element = h(
    'aside',
    { class: 'sidebar' },
    h('p', { class: 'workspace' }, 'Slack (simulated)'),
    h('div', { class: 'who' }, h('label', { for: id }, 'You are'), who),
    h('nav', { 'aria-label': 'Conversations' }, channels.element, directs.element),
    h(
      'p',
      { class: 'hint' },
      'Open this page in another tab to be somebody else at the same time. Nothing here leaves this machine.',
    ),
  );
  const update = (shown: Shown): void => {
    user = shown.state.user.id;
    who.value = user;
    channels.update(of('channel', shown));
    directs.update(of('direct', shown));
  };
  return { element, update };
}

interface Entry {
  readonly channel: PageChannel;
  readonly current: boolean;
  readonly unread: number;
}

function of(kind: PageChannel['kind'], { state, channel: open }: Shown): readonly Entry[] {
  return state.channels
    .filter((channel) => channel.kind === kind)
    .map((channel) => ({ channel, current: channel.id === open, unread: unreadOf(state.user.id, channel) }));
}

function entries(title: string, open: (channel: string) => void): View<readonly Entry[]> {
  const id = newId();
  const list = h('ul', { 'aria-labelledby': id });
  const element = h('section', {}, h('h2', { id }, title), list);
  const show = keyed(
    list,
    ({ channel }: Entry) => channel.id,
    () => entry(open),
  );
  return {
    element,
    update: (items) => {
      element.hidden = items.length === 0;
      show(items);
    },
  };
}

function entry(open: (channel: string) => void): View<Entry> {
  let id = '';
  const name = h('span', { class: 'name' });
  const count = h('span', { class: 'count' });
  const button = h('button', { type: 'button', on: { click: () => open(id) } }, name, count);
  const update = ({ channel, current, unread }: Entry): void => {
    id = channel.id;
    name.textContent = titleOf(channel);
    count.textContent = unread === 0 ? '' : String(unread);
    button.classList.toggle('unread', unread > 0);
    button.setAttribute(
      'aria-label',
      unread === 0 ? titleOf(channel) : `${titleOf(channel)}, ${unread} unread`,
    );
    if (current) button.setAttribute('aria-current', 'page');
    else button.removeAttribute('aria-current');
  };
  return { element: h('li', {}, button), update };
}

export function titleOf({ kind, name }: PageChannel): string {
  return kind === 'channel' ? `# ${name}` : name;
}
