import type { PageChannel } from '../../page-seam.ts';

/** The newest message that this person has seen, by channel; kept beyond a reload where the browser allows it. */
export function unreadOf(user: string, channel: PageChannel): number {
  const seen = Number(read(user, channel.id) ?? 0);
  return channel.messages.filter(({ ts }) => Number(ts) > seen).length;
}

export function markRead(user: string, channel: PageChannel): void {
  const newest = Math.max(0, ...channel.messages.map(({ ts }) => Number(ts)));
  if (newest === Number(read(user, channel.id) ?? 0)) return;
  kept.set(key(user, channel.id), String(newest));
  storage()?.setItem(key(user, channel.id), String(newest));
}

const kept = new Map<string, string>();

function key(user: string, channel: string): string {
  return `read/${user}/${channel}`;
}

function read(user: string, channel: string): string | null {
  return storage()?.getItem(key(user, channel)) ?? kept.get(key(user, channel)) ?? null;
}

/** Browsers throw where storage is switched off. */
function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
