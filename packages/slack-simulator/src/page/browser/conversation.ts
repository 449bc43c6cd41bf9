import type { PageChannel, PageMessage } from '../../page-seam.ts';
import { h } from './dom.ts';
import { keyed, type View } from './keyed.ts';
import { type Here, messageView } from './message.ts';

interface Thread {
  readonly root: PageMessage;
  readonly replies: readonly PageMessage[];
}

/** The messages of one channel, each with the replies to it. */
export function conversation(here: Here): View<PageChannel> {
  const list = h('ol');
  const empty = h('p', { class: 'empty' }, 'Nothing here yet. What the app posts appears at once.');
  const element = h(
    'div',
    { class: 'messages', role: 'log', 'aria-label': 'Messages', tabindex: 0 },
    empty,
    list,
  );
  const show = keyed(
    list,
    ({ root }: Thread) => root.ts,
    () => threadView(here),
  );
  let first = true;
  const update = (channel: PageChannel): void => {
    const atEnd = first || element.scrollHeight - element.scrollTop - element.clientHeight < 80;
    const threads = threadsOf(channel.messages);
    empty.hidden = threads.length > 0;
    show(threads);
    if (atEnd) element.scrollTop = element.scrollHeight;
    first = false;
  };
  return { element, update };
}

/** Replies whose root is not there any more stand by themselves. */
function threadsOf(messages: readonly PageMessage[]): readonly Thread[] {
  const roots = new Set(messages.filter(({ threadTs }) => threadTs === undefined).map(({ ts }) => ts));
  const isRoot = ({ threadTs }: PageMessage): boolean => threadTs === undefined || !roots.has(threadTs);
  const replies = Map.groupBy(
    messages.filter((message) => !isRoot(message)),
    ({ threadTs }) => threadTs,
  );
  return messages.filter(isRoot).map((root) => ({ root, replies: replies.get(root.ts) ?? [] }));
}

function threadView(here: Here): View<Thread> {
  const root = messageView(here);
  const count = h('summary');
  const list = h('ol', { 'aria-label': 'Replies' });
  const replies = h('details', { class: 'replies', open: true, hidden: true }, count, list);
  const element = h('li', {}, root.element, replies);
  const show = keyed(
    list,
    ({ ts }: PageMessage) => ts,
    () => replyView(here),
  );
  const update = (thread: Thread): void => {
    root.update(thread.root);
    const { length } = thread.replies;
    replies.hidden = length === 0;
    count.textContent = length === 1 ? '1 reply' : `${length} replies`;
    show(thread.replies);
  };
  return { element, update };
}

function replyView(here: Here): View<PageMessage> {
  const { element, update } = messageView(here);
  return { element: h('li', {}, element), update };
}
