import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { type Certificates, certificates } from '../../../connectors/test/support/certificates.ts';

/** What the receiver does with one webhook. */
export type Behaviour =
  | 'takes it'
  | 'takes it, and its answer is lost'
  /** Its answer is held back until `release`. */
  | 'takes it, and holds its answer'
  | 'never answers'
  | { readonly status: number; readonly retryAfterSec?: number };

export interface Delivery {
  readonly id: string;
  readonly body: Body;
  readonly headers: IncomingHttpHeaders;
}

interface Body {
  readonly type: string;
  readonly timestamp: string;
  readonly data: { readonly requestId: string; readonly status: string; readonly [member: string]: unknown };
}

/**
 * A receiver of webhooks over real TLS, which takes only what the reference library of Standard Webhooks accepts, and
 * knows an id again.
 */
export interface Receiver {
  readonly url: string;
  /** Host and port, as a policy allows it. */
  readonly host: string;
  readonly secret: string;
  /** PEM of the authority that vouches for it. */
  readonly ca: string;
  /** Every webhook whose signature is right, in order of arrival. */
  readonly deliveries: readonly Delivery[];
  /** What it did: once for each id. */
  readonly effects: readonly Delivery[];
  /** Why it would not take what came. */
  readonly refused: readonly string[];
  /** How many are without an answer now. */
  readonly held: number;
  /** For the next webhooks, one each; then it takes them. */
  on(...behaviours: Behaviour[]): void;
  release(): void;
  /** Nobody listens any more, until `up`, at the same place. */
  down(): Promise<void>;
  up(): Promise<void>;
}

let made: Promise<Certificates> | undefined;

export async function startReceiver(): Promise<Receiver> {
  made ??= certificates('localhost');
  const { authority, server: tls } = await made;
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const webhook = new Webhook(secret);
  const deliveries: Delivery[] = [];
  const effects: Delivery[] = [];
  const refused: string[] = [];
  const behaviours: Behaviour[] = [];
  let waiting: (() => void)[] = [];
  let silent = 0;

  function take(text: string, headers: IncomingHttpHeaders): Delivery | null {
    try {
      const body = webhook.verify(text, headers as Record<string, string>) as Body;
      return { id: String(headers['webhook-id']), body, headers };
    } catch (error) {
      refused.push(String(error));
      return null;
    }
  }

  function react(delivery: Delivery, behaviour: Behaviour, response: ServerResponse): void {
    const isTaken = typeof behaviour === 'string' && behaviour.startsWith('takes it');
    if (isTaken && !effects.some(({ id }) => id === delivery.id)) effects.push(delivery);
    if (typeof behaviour === 'object') {
      const { status, retryAfterSec } = behaviour;
      if (retryAfterSec !== undefined) response.setHeader('retry-after', retryAfterSec);
      response.writeHead(status).end();
      return;
    }
    switch (behaviour) {
      case 'takes it':
        response.writeHead(202, { 'content-type': 'application/json' }).end('{"id":"received"}');
        return;
      case 'takes it, and its answer is lost':
        response.socket?.destroy();
        return;
      case 'takes it, and holds its answer':
        waiting.push(() => react(delivery, 'takes it', response));
        return;
      case 'never answers':
        silent += 1;
    }
  }

  const listening = () =>
    createServer(tls, (request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        const delivery = take(text, request.headers);
        if (!delivery) {
          response.writeHead(401).end();
          return;
        }
        deliveries.push(delivery);
        react(delivery, behaviours.shift() ?? 'takes it', response);
      });
    });
  let server = listening();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `https://127.0.0.1:${port}/decided`,
    host: `127.0.0.1:${port}`,
    secret,
    ca: authority,
    deliveries,
    effects,
    refused,
    get held() {
      return waiting.length + silent;
    },
    on: (...next) => void behaviours.push(...next),
    release() {
      const ready = waiting;
      waiting = [];
      for (const answer of ready) answer();
    },
    async down() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    async up() {
      server = listening();
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    },
  };
}
