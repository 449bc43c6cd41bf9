import { setTimeout as pause } from 'node:timers/promises';
import express, { type ErrorRequestHandler, type Request, type Response, type Router } from 'express';
import type { Json } from '../block-kit/place.ts';
import { SlackError } from '../workspace/slack-error.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { argsOf, bodyOf, tokenOf } from './args.ts';
import type { CallLog } from './calls.ts';
import { channelNames } from './channel-names.ts';
import type { FaultPlan, Mishap } from './faults.ts';
import { methods } from './methods/index.ts';
import type { RateLimits } from './rate-limits.ts';

export interface WebApi {
  readonly workspace: Workspace;
  readonly botTokens: readonly string[];
  readonly appTokens: readonly string[];
  readonly calls: CallLog;
  readonly plan: FaultPlan;
  /** null: not enforced. */
  readonly limits: RateLimits | null;
  readonly latencyMs: number;
  /** An address for one more Socket Mode connection. */
  readonly socketUrl: () => string;
  /** Ends all waiting. */
  readonly stopped: AbortSignal;
}

/** Slack's Web API, to be mounted at `/api`. */
export function webApiRouter(api: WebApi): Router {
  const router = express.Router();
  router.use(express.urlencoded({ extended: false, limit: '2mb' }), express.json({ limit: '2mb' }));
  router.all('/:method', (request, response) => serve(api, request, response));
  router.use(answerUnreadable);
  return router;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
  /** For the log. */
  readonly result: string;
}

async function serve(api: WebApi, request: Request, response: Response): Promise<void> {
  const method = String(request.params.method);
  const all = { ...request.query, ...bodyOf(request.body) };
  const { slowMs, mishap } = api.plan.take(method, channelNames(api.workspace, all));
  // The call is carried out after the wait, though its caller may have left by then: the harder case of the two.
  if (slowMs + api.latencyMs > 0) await pause(slowMs + api.latencyMs, undefined, { signal: api.stopped });
  const log = (result: string): void => api.calls.note(method, all, result, Date.now());
  if (mishap?.kind === 'outage' && mishap.as === 'reset') {
    log('reset');
    request.socket.destroy();
    return;
  }
  const answer = answerMishap(mishap) ?? carryOut(api, method, all, request.headers.authorization);
  if (mishap?.kind === 'lose_answer') {
    log('lost');
    request.socket.destroy();
    return;
  }
  log(answer.result);
  response.status(answer.status).set(answer.headers).json(answer.body);
}

/** What a planned mishap answers in place of the call. */
function answerMishap(mishap: Mishap | undefined): Answer | undefined {
  if (mishap?.kind === 'rate_limit')
    return rateLimited(mishap.withoutHeader ? undefined : mishap.retryAfterSec);
  if (mishap?.kind === 'refuse') return refused(new SlackError(mishap.error));
  if (mishap?.kind !== 'outage' || mishap.as === 'reset') return undefined;
  return {
    status: mishap.as,
    headers: {},
    body: { ok: false, error: 'service_unavailable' },
    result: String(mishap.as),
  };
}

function carryOut(api: WebApi, method: string, all: Json, authorization: string | undefined): Answer {
  try {
    checkToken(api, method, tokenOf(authorization, all));
    const wait = api.limits?.take(method, channelNames(api.workspace, all)[0] ?? '') ?? 0;
    if (wait > 0) return rateLimited(wait);
    return done(method === 'apps.connections.open' ? { url: api.socketUrl() } : call(api, method, all));
  } catch (error) {
    if (error instanceof SlackError) return refused(error);
    throw error;
  }
}

function call(api: WebApi, method: string, all: Json): Json {
  const known = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (!known) throw new SlackError('unknown_method');
  return known(api.workspace, argsOf(all));
}

/** @throws SlackError */
function checkToken(api: WebApi, method: string, token: string | undefined): void {
  if (token === undefined) throw new SlackError('not_authed');
  const [right, wrong] =
    method === 'apps.connections.open' ? [api.appTokens, api.botTokens] : [api.botTokens, api.appTokens];
  if (right.includes(token)) return;
  throw new SlackError(wrong.includes(token) ? 'not_allowed_token_type' : 'invalid_auth');
}

function done(body: Json): Answer {
  return { status: 200, headers: {}, body: { ok: true, ...body }, result: 'ok' };
}

function refused({ code, faults }: SlackError): Answer {
  const details = {
    errors: faults,
    response_metadata: { messages: faults.map((fault) => `[ERROR] ${fault}`) },
  };
  const body = { ok: false, error: code, ...(faults.length > 0 && details) };
  return { status: 200, headers: {}, body, result: code };
}

function rateLimited(retryAfterSec: number | undefined): Answer {
  const headers = retryAfterSec === undefined ? undefined : { 'Retry-After': String(retryAfterSec) };
  return { status: 429, headers: headers ?? {}, body: { ok: false, error: 'ratelimited' }, result: '429' };
}

/** A body that is neither a form nor JSON; and what must not happen, told to the caller, as nobody reads this process's log. */
const answerUnreadable: ErrorRequestHandler = (error, request, response, next) => {
  if (response.headersSent || request.socket.destroyed) return next(error);
  const isUnreadable = typeof error?.status === 'number' && error.status < 500;
  const code = isUnreadable ? (request.is('json') ? 'invalid_json' : 'invalid_form_data') : 'fatal_error';
  response.status(isUnreadable ? 200 : 500).json({ ok: false, error: code, errors: [String(error)] });
};
