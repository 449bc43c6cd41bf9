import { type ConnectOptions, connect } from './connect.ts';
import { exchange, type HttpAnswer, type HttpRequest } from './exchange.ts';

export interface SendOptions extends ConnectOptions {
  /** For the whole of it, from the lookup of the name to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
}

export type Send = (request: HttpRequest) => Promise<HttpAnswer>;

/**
 * A way to send requests, each over a connection of its own: one kept open may have been closed by the other end just
 * as the request went out, and then nobody knows whether it arrived.
 */
export function sender(options: SendOptions): Send {
  return async (request) => {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(options.timeoutMs)]);
    const socket = await connect(request.url, options, signal);
    return exchange(socket, { ...request, signal }, options.maxAnswerBytes);
  };
}
