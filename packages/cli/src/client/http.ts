import { CliError } from '../cli-error.ts';
import { ProblemError, toProblem } from './problem.ts';
import { pause, pauseBefore } from './retry.ts';

/** Where to call and as whom. */
export interface Connection {
  readonly url: string;
  readonly token?: string | undefined;
  readonly adminToken?: string | undefined;
  /** How long one answer may take. */
  readonly timeoutMs?: number | undefined;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Doing it twice is the same as doing it once, so that it may be sent again. Default: GET only. */
  readonly repeatable?: boolean;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Reply<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Asks a server. Anything but a success throws: what the server said as ProblemError, silence as CliError. */
export interface Http {
  readonly connection: Connection;
  send<T>(call: Call): Promise<Reply<T>>;
  /** The answer as it comes, for streams; not repeated. */
  open(call: Call): Promise<Response>;
}

const ATTEMPTS = 5;
const DEFAULT_TIMEOUT_MS = 30_000;
/** A server that asks for a longer break is told about, not waited for. */
const MAX_PAUSE_MS = 15_000;

export function createHttp(connection: Connection): Http {
  async function attempt(call: Call): Promise<Response> {
    const limit = AbortSignal.timeout(call.timeoutMs ?? connection.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const signal = call.signal ? AbortSignal.any([limit, call.signal]) : limit;
    return fetch(urlOf(connection.url, call), requestOf(connection, call, signal));
  }

  async function send<T>(call: Call): Promise<Reply<T>> {
    const repeatable = call.repeatable ?? (call.method ?? 'GET') === 'GET';
    for (let turn = 1; ; turn++) {
      const last = !repeatable || turn === ATTEMPTS;
      try {
        const response = await attempt(call);
        return await read<T>(response);
      } catch (error) {
        if (call.signal?.aborted) throw call.signal.reason;
        const wait = pauseAfter(error, turn);
        if (wait === undefined || (last && error instanceof CliError)) throw error;
        if (last) throw unreachable(connection.url, error);
        await pause(wait, call.signal);
      }
    }
  }

  return {
    connection,
    send,
    async open(call) {
      const response = await fetch(urlOf(connection.url, call), requestOf(connection, call, call.signal));
      if (!response.ok) await read(response);
      return response;
    },
  };
}

/** How long to wait before the same request may succeed; undefined when it would be answered the same again. */
function pauseAfter(error: unknown, turn: number): number | undefined {
  if (!(error instanceof CliError)) return pauseBefore(turn, null);
  if (!(error instanceof ProblemError)) return undefined;
  const { status, code = 'rate_limited' } = error.problem;
  // 429 is also the policy's "asked again too soon", which is an answer and not a matter of load.
  if (status !== 503 && !(status === 429 && code === 'rate_limited')) return undefined;
  const wait = pauseBefore(turn, error.retryAfter);
  return wait > MAX_PAUSE_MS ? undefined : wait;
}

/** Where a call goes. */
export function urlOf(base: string, { path, query = {} }: Call): URL {
  const url = new URL(path.replace(/^\//, ''), base.endsWith('/') ? base : `${base}/`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** What every call carries, and what this one adds. */
export function headersOf({ token, adminToken }: Connection, call: Call): Record<string, string> {
  return {
    accept: 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(adminToken !== undefined && { 'x-admin-token': adminToken }),
    // Routes that change something want it: a browser can't be made to send it across sites.
    ...((call.method ?? 'GET') !== 'GET' && { 'x-puddlejumper-request': 'true' }),
    ...(call.body !== undefined && { 'content-type': 'application/json' }),
    ...call.headers,
  };
}

function requestOf(connection: Connection, call: Call, signal: AbortSignal | undefined): RequestInit {
  return {
    method: call.method ?? 'GET',
    redirect: 'error',
    signal: signal ?? null,
    headers: headersOf(connection, call),
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
  };
}

async function read<T>(response: Response): Promise<Reply<T>> {
  const text = await response.text();
  const body = parse(text, response.headers.get('content-type') ?? '');
  if (!response.ok)
    throw new ProblemError(toProblem(response.status, body), response.headers.get('retry-after'));
  return { status: response.status, headers: response.headers, body: body as T };
}

function parse(text: string, type: string): unknown {
  if (!/\bjson\b/.test(type)) return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError('the server sent JSON that cannot be read', undefined, { cause: error });
  }
}

function unreachable(url: string, error: unknown): CliError {
  const { name, message, cause } = error as Error & { cause?: Partial<Error> };
  const why = name === 'TimeoutError' ? 'no answer in time' : cause?.message || message || name;
  return new CliError(
    `cannot reach ${url}: ${why}. Is the server running? See COUNTERSIGN_URL, or try: countersign doctor`,
    undefined,
    { cause: error },
  );
}
