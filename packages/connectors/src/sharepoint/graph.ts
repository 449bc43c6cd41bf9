import type { HttpAnswer } from '../http/exchange.ts';
import { HttpFault } from '../http/fault.ts';
import { harmless, stopOf } from '../http/judge.ts';
import { type Send, sender } from '../http/send.ts';
import { type Token, tokenCache } from '../http/token-cache.ts';
import type { Surroundings } from '../settings.ts';
import type { Secrets } from '../step/secrets.ts';
import { failed, failedForNow } from '../step/stop.ts';
import { jsonOf } from './answer.ts';
import type { EntraApplication, SharePointPlaces } from './settings.ts';

export interface GraphRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below `/v1.0`, encoded; or a whole URL that Graph gave, to go on with. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
  readonly signal: AbortSignal;
}

/** Microsoft Graph, with the credentials of an application. */
export interface Graph {
  readonly now: () => number;
  readonly secrets: Secrets;
  /** Sends a request that changes nothing anybody sees. Throws a `Stop` that is `failed`. */
  asking(request: GraphRequest): Promise<Record<string, unknown>>;
  /** Sends the request that is the effect. Throws a `Stop`. */
  doing(request: GraphRequest): Promise<Record<string, unknown>>;
  /** Sends to a URL that is itself the permission, without credentials. Throws a `Stop`. */
  uploading(
    url: URL,
    headers: Readonly<Record<string, string>>,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<HttpAnswer>;
  /** Gives up what such a URL stands for; whether that works out makes no difference. */
  forget(url: URL): Promise<void>;
  /** Returns when a token is to be had. */
  check(signal: AbortSignal): Promise<void>;
}

const MAX_ANSWER_BYTES = 8_388_608;

export function graph(
  application: EntraApplication,
  { graphUrl, loginUrl }: SharePointPlaces,
  timeoutMs: number,
  secrets: Secrets,
  { now, lookup }: Surroundings,
): Graph {
  const send = stopping(
    sender({ timeoutMs, maxAnswerBytes: MAX_ANSWER_BYTES, ...(lookup ? { lookup } : {}) }),
  );
  const tokens = tokenCache(
    () => harmless(fetchToken(send, application, { graphUrl, loginUrl }, secrets, now)),
    now,
  );
  const base = `${graphUrl}/v1.0`;

  const doing = async ({
    method,
    path,
    headers,
    json,
    bytes,
    signal,
  }: GraphRequest): Promise<Record<string, unknown>> => {
    const token = await tokens.get(signal);
    const body = json === undefined ? bytes : JSON.stringify(json);
    const answer = await send({
      method,
      url: urlBelow(base, path),
      headers: {
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
        accept: 'application/json',
        authorization: `Bearer ${token}`,
      },
      ...(body === undefined ? {} : { body }),
      signal,
    });
    if (answer.status === 401) {
      // Taken back before its time: the next try has another.
      tokens.drop(token);
      throw failedForNow('Graph answered 401: it does not accept the token any more');
    }
    return jsonOf('Graph', answer, now());
  };

  return {
    now,
    secrets,
    doing,
    asking: (request) => harmless(doing(request)),
    uploading: (url, headers, body, signal) => send({ method: 'PUT', url, headers, body, signal }),
    async forget(url) {
      await send({ method: 'DELETE', url, signal: AbortSignal.timeout(5000) }).catch(() => {});
    },
    async check(signal) {
      await tokens.get(signal);
    },
  };
}

/** A `Send` whose failures are a step's. */
function stopping(send: Send): Send {
  return (request) =>
    send(request).catch((error: unknown) => {
      throw error instanceof HttpFault ? stopOf(error) : error;
    });
}

/** A path below Graph's; of whole URLs only those of Graph's own, for the token goes there. */
function urlBelow(base: string, path: string): URL {
  const url = new URL(path.startsWith('/') ? base + path : path);
  if (!url.href.startsWith(`${base}/`)) throw failed('Graph sent the request elsewhere');
  return url;
}

async function fetchToken(
  send: Send,
  { tenantId, clientId, clientSecret }: EntraApplication,
  { graphUrl, loginUrl }: Pick<SharePointPlaces, 'graphUrl' | 'loginUrl'>,
  secrets: Secrets,
  now: () => number,
): Promise<Token> {
  const askedMs = now();
  const answer = await send({
    method: 'POST',
    url: new URL(`${loginUrl}/${tenantId}/oauth2/v2.0/token`),
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${graphUrl}/.default`,
    }).toString(),
    signal: new AbortController().signal,
  });
  const { access_token: value, expires_in: seconds } = jsonOf('the login', answer, now());
  if (typeof value !== 'string' || value === '' || !(Number(seconds) > 0)) {
    throw failedForNow('the login gave no token that can be read');
  }
  secrets.know(value);
  return { value, expiresAtMs: askedMs + Number(seconds) * 1000 };
}
