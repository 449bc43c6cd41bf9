import type { CallError, Called, FoundMessage, ItemMark, Post, Web } from '../../../src/web/types.ts';

export interface ModelMessage {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string | undefined;
  readonly mark: ItemMark;
  text: string;
}

/** What becomes of one call, in milliseconds from its beginning. */
export interface Fate {
  /** When Slack carries it out; infinite: never. */
  readonly effectAt: number;
  /** When its answer is there; later than the call's timeout, the caller learns nothing. */
  readonly answerAt: number;
  /** Slack's answer, where it does not carry it out. */
  readonly error?: CallError;
}

export interface ModelSlack {
  readonly messages: readonly ModelMessage[];
  readonly posts: number;
  webFor(fate: (method: string) => Fate, timeoutMs: number): Web;
}

/** A workspace that does things when the model says so. @param at does something at a time of everybody's clock */
export function createModelSlack(now: () => number, at: (time: number, act: () => void) => void): ModelSlack {
  const messages: ModelMessage[] = [];
  let nth = 0;
  let posts = 0;
  const idOf = (channel: string) =>
    channel.startsWith('#') ? `C${channel.slice(1).toUpperCase()}000000` : channel;

  function webFor(fateOf: (method: string) => Fate, timeoutMs: number): Web {
    function call<T>(method: string, carryOut: () => Called<T>): Promise<Called<T>> {
      const fate = fateOf(method);
      let answer: Called<T> | undefined;
      return new Promise((resolve) => {
        const began = now();
        const unknown = () => resolve({ ok: false, error: { kind: 'unknown' } });
        const carry = () => {
          answer ??= carryOut();
        };
        const finish = () => {
          if (fate.error) resolve({ ok: false, error: fate.error });
          else if (answer) resolve(answer);
          else unknown();
        };
        if (Number.isFinite(fate.effectAt) && !fate.error) at(began + fate.effectAt, carry);
        if (fate.answerAt < timeoutMs) at(began + fate.answerAt, finish);
        else at(began + timeoutMs, unknown);
      });
    }

    return {
      postMessage: (post: Post) =>
        call('post', () => {
          posts += 1;
          nth += 1;
          const ts = `${Math.floor(now() / 1000)}.${String(nth).padStart(6, '0')}`;
          const channel = idOf(post.channel);
          messages.push({ channel, ts, threadTs: post.threadTs, mark: post.mark, text: post.text });
          return { ok: true, channel, ts };
        }),
      update: ({ channel, ts }, { text }) =>
        call('update', (): Called => {
          const message = messages.find((one) => one.channel === channel && one.ts === ts);
          if (!message) return { ok: false, error: { kind: 'refused', code: 'message_not_found' } };
          message.text = text;
          return { ok: true };
        }),
      page: ({ channel, threadTs, oldest, cursor }) =>
        call('page', () => {
          const all = messages.filter(
            (one) =>
              one.channel === channel &&
              Number(one.ts) >= oldest &&
              (threadTs === undefined
                ? one.threadTs === undefined
                : one.threadTs === threadTs || one.ts === threadTs),
          );
          // Newest first, and few at a time.
          const from = cursor === undefined ? all.length : Number(cursor);
          const found: FoundMessage[] = all.slice(Math.max(0, from - 5), from).reverse();
          return { ok: true, messages: found, ...(from > 5 && { cursor: String(from - 5) }) };
        }),
      findChannel: (channel) =>
        call('find', () => ({ ok: true, channel: idOf(channel), isArchived: false, isMember: true })),
      openDirect: (user) => call('open', () => ({ ok: true, channel: `D${user}` })),
      permalink: () => call('permalink', () => ({ ok: true, permalink: 'https://slack.example/archives' })),
      teamId: async () => ({ ok: true, teamId: 'T0SIM' }),
      checkTokens: () => call('check', () => ({ ok: true })),
      viewsOpen: unused,
      viewsUpdate: unused,
      usersInfo: unused,
    };
  }

  return {
    messages,
    get posts() {
      return posts;
    },
    webFor,
  };
}

function unused(): never {
  throw new Error('the outbox has no use for this');
}
