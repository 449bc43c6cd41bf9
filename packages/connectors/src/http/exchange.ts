import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { HttpFault } from './fault.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** False when the connection broke in the middle of the body, or the body is larger than the limit. */
  readonly whole: boolean;
}

/**
 * One request and its answer over a connection that is used for nothing else. Redirects are answers like others.
 * @throws HttpFault when there is no answer; `sent: true` as soon as there was a way to send: it may have arrived
 */
export async function exchange(
  socket: Socket,
  request: HttpRequest,
  maxAnswerBytes: number,
): Promise<HttpAnswer> {
  try {
    if (socket.destroyed || request.signal.aborted) {
      throw new HttpFault('the connection was gone before anything was sent', { sent: false });
    }
    const message = await answerOf(socket, request);
    const { body, whole } = await read(message, maxAnswerBytes);
    return { status: message.statusCode ?? 0, headers: message.headers, body, whole };
  } finally {
    socket.destroy();
  }
}

function answerOf(
  socket: Socket,
  { method, url, headers, body, signal }: HttpRequest,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const lost = (why: string): void => reject(new HttpFault(`no answer: ${why}`, { sent: true }));
    // Stays for the body too, whose reading ends with the connection.
    const onAbort = (): void => {
      lost('the time was over');
      socket.destroy();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('close', () => signal.removeEventListener('abort', onAbort));
    httpRequest({
      createConnection: () => socket,
      method,
      path: `${url.pathname}${url.search}`,
      headers: { 'user-agent': 'countersign', 'accept-encoding': 'identity', ...headers, host: url.host },
    })
      .once('response', resolve)
      .on('error', (error: NodeJS.ErrnoException) => lost(error.code ?? error.message))
      .once('close', () => lost('the connection was closed'))
      .end(body);
  });
}

async function read(message: IncomingMessage, limit: number): Promise<{ body: Buffer; whole: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let whole = true;
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      whole = bytes <= limit;
      if (!whole) break;
      chunks.push(chunk);
    }
  } catch {
    // The status has come, and says what became of the request; only the body is lost.
    whole = false;
  }
  return { body: Buffer.concat(chunks), whole };
}
