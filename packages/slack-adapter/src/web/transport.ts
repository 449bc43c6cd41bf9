import type { WebClientOptions } from '@slack/web-api';

type Fetch = NonNullable<WebClientOptions['fetch']>;
type Answer = Awaited<ReturnType<Fetch>>;

/** Slack gave no answer that says what became of the call. */
export class NoAnswer extends Error {
  /** Whether the call certainly never arrived. */
  readonly isUnsent: boolean;
  /** For metrics: `network`, `timeout`, `http_<status>`. */
  readonly result: string;

  constructor(isUnsent: boolean, result: string) {
    super(`no answer from Slack: ${result}`);
    this.name = 'NoAnswer';
    this.isUnsent = isUnsent;
    this.result = result;
  }
}

/** Asked of whoever was limited without being told how long. */
const DEFAULT_RETRY_AFTER_SEC = 1;
/** Longer than Slack ever asks; whatever stands before it would otherwise be believed. */
const MAX_RETRY_AFTER_SEC = 900;

/**
 * How `WebClient` reaches Slack. It reads the whole answer, so that one cut off in the middle fails here too; and it
 * lets through nothing but a JSON object with `ok`, since the client would take any other text for an error code.
 */
export function createTransport(fetch: typeof globalThis.fetch = globalThis.fetch): Fetch {
  return async (url, init) => {
    const { status, header, text } = await exchange(fetch, url, init);
    if (status === 429) return answer(429, text, header);
    if (status !== 200) throw new NoAnswer(false, `http_${status}`);
    if (!isSlackAnswer(text)) throw new NoAnswer(false, 'http_200');
    return answer(200, text, header);
  };
}

async function exchange(fetch: typeof globalThis.fetch, ...[url, init]: Parameters<Fetch>) {
  try {
    const response = await fetch(url, init as RequestInit);
    const text = await response.text();
    return { status: response.status, header: (name: string) => response.headers.get(name), text };
  } catch (error) {
    throw new NoAnswer(isNeverConnected(error), nameOf(error) === 'TimeoutError' ? 'timeout' : 'network');
  }
}

/** Bodies are text already. A 429 always says how long, so that the client tells it by its own class of error. */
function answer(status: 200 | 429, text: string, header: (name: string) => string | null): Answer {
  const headers = new Headers();
  for (const name of ['content-type', 'x-oauth-scopes', 'x-accepted-oauth-scopes']) {
    const value = header(name);
    if (value !== null) headers.set(name, value);
  }
  if (status === 429) headers.set('retry-after', String(retryAfterSec(header('retry-after'))));
  return new Response(text, { status, headers });
}

function retryAfterSec(header: string | null): number {
  const seconds = Number.parseInt(header ?? '', 10);
  if (!Number.isFinite(seconds)) return DEFAULT_RETRY_AFTER_SEC;
  return Math.min(MAX_RETRY_AFTER_SEC, Math.max(1, seconds));
}

function isSlackAnswer(text: string): boolean {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'ok' in body && typeof body.ok === 'boolean';
  } catch {
    return false;
  }
}

/** Failures of looking up, reaching and trusting the host: all before the first byte of the request. */
const BEFORE_SENDING =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EAI_FAIL|ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_CERT_ALTNAME_INVALID|CERT_.*|.*SELF_SIGNED.*|UNABLE_TO_.*)$/;

/** `fetch` tells why in the cause; several addresses of one host fail together in one error that lists them. */
function isNeverConnected(error: unknown): boolean {
  const cause = field(error, 'cause');
  const each = field(cause, 'errors');
  const codes = Array.isArray(each) && each.length > 0 ? each.map(codeOf) : [codeOf(cause)];
  return codes.every((code) => BEFORE_SENDING.test(code));
}

function nameOf(error: unknown): string {
  return String(field(error, 'name') ?? '');
}

function codeOf(error: unknown): string {
  return String(field(error, 'code') ?? '');
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
