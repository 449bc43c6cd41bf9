import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the outside does with a request to carry something out. */
export type Behaviour =
  | 'does it'
  | 'does it, and its answer is lost'
  /** Its answer is held back until `release`. */
  | 'does it, and holds its answer'
  | 'does it, and never answers'
  | 'loses the request'
  | 'never answers'
  | 'refuses'
  | { readonly busyMs: number };

/** What it says when it is asked whether something was carried out. */
export type Reply = 'tells' | 'cannot tell' | 'loses the question' | { readonly busyMs: number };

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly retryAfterMs?: number;
}
type Reaction = Answer | { readonly held: Answer } | 'hangs up' | 'is silent';

export interface Effect {
  readonly name: string;
  /** The request's parameter of that name. */
  readonly text: string;
  readonly key: string;
}

/** A system outside, over real HTTP. It does what it is asked as often as it is asked, and so shows every double. */
export interface Outside {
  readonly url: string;
  readonly effects: readonly Effect[];
  /** Every request to carry something out, done or not. */
  readonly requests: readonly Effect[];
  readonly questions: readonly { readonly key: string; readonly from: string; readonly until: string }[];
  /** How many were left without an answer. */
  readonly unanswered: number;
  /** For the next requests with that name, one each; then it does what it is asked. @param name or text and name, `text: name` */
  on(name: string, ...behaviours: Behaviour[]): void;
  /** For the next questions. */
  onQuestion(...replies: Reply[]): void;
  /** Lets the answers go that were held back. */
  release(): void;
  close(): Promise<void>;
}

export async function startOutside(): Promise<Outside> {
  const effects: Effect[] = [];
  const requests: Effect[] = [];
  const questions: { key: string; from: string; until: string }[] = [];
  const behaviours = new Map<string, Behaviour[]>();
  const replies: Reply[] = [];
  const held: (() => void)[] = [];
  let unanswered = 0;

  const thing = (key: string) => ({ status: 200, body: { url: `${outside.url}/things/${key}` } });

  /** `POST /do/<name>` */
  function take(name: string, { headers }: IncomingMessage): Reaction {
    const text = decodeURIComponent(String(headers['x-text']));
    const effect = { name, text, key: String(headers['idempotency-key']) };
    requests.push(effect);
    const behaviour =
      behaviours.get(`${text}: ${name}`)?.shift() ?? behaviours.get(name)?.shift() ?? 'does it';
    if (typeof behaviour === 'object') return busy(behaviour.busyMs);
    if (behaviour.startsWith('does it')) effects.push(effect);
    switch (behaviour) {
      case 'does it':
        return thing(effect.key);
      case 'does it, and holds its answer':
        return { held: thing(effect.key) };
      case 'does it, and its answer is lost':
      case 'loses the request':
        return 'hangs up';
      case 'refuses':
        return {
          status: 422,
          body: { error: `${text} is not welcome` },
        };
      default:
        return 'is silent';
    }
  }

  /** `GET /things/<key>/<from>/<until>` */
  function tell(key: string, from: string, until: string): Reaction {
    questions.push({ key, from, until });
    const reply = replies.shift() ?? 'tells';
    if (typeof reply === 'object') return busy(reply.busyMs);
    if (reply === 'loses the question') return 'hangs up';
    if (reply === 'cannot tell') return { status: 501, body: { error: 'it keeps no record' } };
    const isKnown = effects.some((effect) => effect.key === key);
    return isKnown ? thing(key) : { status: 404, body: {} };
  }

  function react(reaction: Reaction, response: ServerResponse): void {
    if (reaction === 'hangs up') response.socket?.destroy();
    else if (reaction === 'is silent') unanswered += 1;
    else if ('held' in reaction) held.push(() => react(reaction.held, response));
    else {
      const { status, body, retryAfterMs = 0 } = reaction;
      response.writeHead(status, { connection: 'close', 'retry-after-ms': retryAfterMs });
      response.end(JSON.stringify(body));
    }
  }

  const server = createServer((request, response) => {
    const [, , first = '', from = '', until = ''] = (request.url ?? '').split('/').map(decodeURIComponent);
    request.resume().on('end', () => {
      react(request.method === 'GET' ? tell(first, from, until) : take(first, request), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const outside: Outside = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    effects,
    requests,
    questions,
    get unanswered() {
      return unanswered;
    },
    on: (name, ...next) => void behaviours.set(name, next),
    onQuestion: (...next) => void replies.push(...next),
    release() {
      for (const answer of held.splice(0)) answer();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return outside;
}

function busy(retryAfterMs: number): Answer {
  return { status: 503, body: { error: 'busy' }, retryAfterMs };
}
