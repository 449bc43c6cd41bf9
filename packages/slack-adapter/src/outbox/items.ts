/**
 * What a delivery sends, by its key, which is unique within the request. The key stands in the message's metadata and in
 * the ledger: a storage format.
 */
export type Item =
  /** The request's message in its channel. */
  | { readonly kind: 'message' }
  /** In the thread: everything up to the revision that was not told before. */
  | { readonly kind: 'reply'; readonly revision: number }
  /** To one person: what the event at the revision means to them. */
  | { readonly kind: 'direct'; readonly revision: number; readonly person: string }
  /** In another channel, of an escalation. */
  | { readonly kind: 'notice'; readonly revision: number; readonly channel: string };

export const MESSAGE = 'message';

export function keyOf(item: Item): string {
  switch (item.kind) {
    case 'message':
      return MESSAGE;
    case 'reply':
      return `reply@${item.revision}`;
    case 'direct':
      return `direct@${item.revision}/${item.person}`;
    case 'notice':
      return `notice@${item.revision}/${item.channel}`;
  }
}

/** @throws Error for a key that this version does not know */
export function itemOf(key: string): Item {
  if (key === MESSAGE) return { kind: 'message' };
  const [, kind, digits, name] = /^(reply|direct|notice)@(\d+)(?:\/(.+))?$/s.exec(key) ?? [];
  const revision = Number(digits);
  if (kind === 'reply' && name === undefined) return { kind, revision };
  if (kind === 'direct' && name !== undefined) return { kind, revision, person: name };
  if (kind === 'notice' && name !== undefined) return { kind, revision, channel: name };
  throw new Error(`${JSON.stringify(key)} is no item that this version can send`);
}
