/** Calls of a method that Slack promises to take in a minute, by its tier. */
const tiers = { tier2: 20, tier3: 50, tier4: 100 } as const;

/** Methods not listed have a limit of their own that is not published, or none worth imitating. */
const tierOf: Readonly<Record<string, keyof typeof tiers>> = {
  'chat.update': 'tier3',
  'chat.delete': 'tier3',
  'chat.postEphemeral': 'tier4',
  'conversations.archive': 'tier2',
  'conversations.history': 'tier3',
  'conversations.info': 'tier3',
  'conversations.join': 'tier3',
  'conversations.leave': 'tier3',
  'conversations.list': 'tier2',
  'conversations.open': 'tier3',
  'conversations.replies': 'tier3',
  'conversations.unarchive': 'tier2',
  'users.conversations': 'tier3',
  'users.info': 'tier4',
  'users.lookupByEmail': 'tier3',
  'views.open': 'tier4',
  'views.push': 'tier4',
  'views.update': 'tier4',
};

/** Messages of a channel: one a second, after a few at once. How many, Slack does not promise. */
const posts = { perSecond: 1, burst: 5 };

export interface RateLimits {
  /** Counts a call. Returns 0 when it may go on, else the whole seconds to wait. */
  take(method: string, channel: string): number;
}

/** @param clock seconds since 1970 */
export function rateLimits(clock: () => number): RateLimits {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const draw = (key: string, perSecond: number, burst: number): number => {
    const now = clock();
    const { tokens, at } = buckets.get(key) ?? { tokens: burst, at: now };
    const filled = Math.min(burst, tokens + Math.max(0, now - at) * perSecond);
    const isFree = filled >= 1;
    buckets.set(key, { tokens: isFree ? filled - 1 : filled, at: now });
    return isFree ? 0 : Math.max(1, Math.ceil((1 - filled) / perSecond));
  };
  return {
    take(method, channel) {
      if (method === 'chat.postMessage') return draw(`post ${channel}`, posts.perSecond, posts.burst);
      const tier = tierOf[method];
      return tier ? draw(method, tiers[tier] / 60, tiers[tier]) : 0;
    },
  };
}
