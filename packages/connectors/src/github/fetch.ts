import { HttpFault } from '../http/fault.ts';
import type { Send } from '../http/send.ts';
import { failed } from '../step/stop.ts';

interface Init {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** `fetch` as Octokit calls it, over connections of our own: they know whether a request was sent at all. */
export function fetchOver(send: Send): (url: string, init: Init) => Promise<Response> {
  return async (url, { method, headers, body, signal = new AbortController().signal }) => {
    const answer = await send({ method, url: new URL(url), headers, signal, ...(body ? { body } : {}) });
    const { status } = answer;
    if (!answer.whole) throw new HttpFault('the answer was cut off', { sent: true });
    if (status >= 300 && status < 400) {
      throw failed(`GitHub answered ${status}: it is elsewhere now, and redirects are not followed`);
    }
    const told = Object.entries(answer.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    // Statuses without a body allow not even an empty one.
    return new Response(answer.body.length > 0 ? new Uint8Array(answer.body) : null, {
      status,
      headers: told,
    });
  };
}
