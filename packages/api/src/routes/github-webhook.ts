import { DEFAULT_TENANT, type Principal } from '@countersign/domain';
import type { Request } from 'express';
import { z } from 'zod';
import { correlationIdOf } from '../auth/identity.ts';
import type { ApiDeps } from '../deps.ts';
import type { GitHubConnection } from '../github/connection.ts';
import { askOf, type ProtectionRule, ProtectionRuleSchema } from '../github/protection-rule.ts';
import { isSigned } from '../github/signature.ts';
import { logStep } from '../logs/lifecycle.ts';
import { Problem, problemOf } from '../problems/problem.ts';
import { readText } from '../server/body.ts';
import { checkBody, parseJson } from '../server/json.ts';
import { sendJson } from '../server/send.ts';
import type { Route } from './route.ts';

/** Larger than bodies elsewhere: GitHub sends whole repositories and pull requests along. */
const BODY_BYTES = 1024 * 1024;

const Answer = z.strictObject({
  outcome: z.enum(['pong', 'ignored', 'requested', 'known']),
  requestId: z.string().optional(),
});

/**
 * Where a GitHub App calls whose deployment protection rule asks us. What is asked is durable before it is answered;
 * nobody waits here for the decision, which goes back to GitHub by a closing call.
 *
 * A delivery's id is not signed, and a redelivery has the same one, so that it proves nothing: what makes a request out
 * of a deployment once is its own id, whoever sends the call again, and however often.
 */
export function gitHubWebhook(connection: GitHubConnection): Route {
  return {
    method: 'post',
    path: '/github/webhook',
    access: 'open',
    summary: 'For GitHub alone: signed calls of an App; its deployment protection rule becomes a request',
    answers: {
      200: { description: 'the answer to a ping', schema: Answer },
      202: { description: 'requested, known already, or nothing that is of interest here', schema: Answer },
    },
    problems: [
      'bad_signature',
      'malformed_json',
      'invalid_body',
      'invalid_header',
      'body_timeout',
      'body_too_large',
      'unsupported_media_type',
      'forbidden',
      'unknown_action',
      'reserved_member',
      'unmeetable_requirement',
      'idempotency_key_reused',
      'plan_invalid',
      'store_unavailable',
      'outcome_unknown',
    ],
    handle: (deps) => async (req, res) => {
      const { bodyTimeoutMs } = deps.limits;
      const text = await readText(req, { bodyBytes: BODY_BYTES, bodyTimeoutMs });
      if (!isSigned(text, req.get('x-hub-signature-256'), connection.secrets))
        throw new Problem('bad_signature', 'no secret of this App gives this X-Hub-Signature-256');
      const event = headerOf(req, 'X-GitHub-Event');
      const delivery = headerOf(req, 'X-GitHub-Delivery');
      const correlationId = correlationIdOf(res);
      const answer = await take(deps, connection, { event, delivery, text, correlationId });
      logStep(deps.logger, 'info', { scope: 'github.delivery', event, delivery, ...answer, correlationId });
      sendJson(res, answer.outcome === 'pong' ? 200 : 202, answer);
    },
  };
}

/** @throws Problem `invalid_header` */
function headerOf(req: Request, name: string): string {
  const value = req.get(name);
  if (value !== undefined && /^[A-Za-z0-9._-]{1,100}$/.test(value)) return value;
  const detail = 'must be there, as GitHub sends it';
  throw new Problem('invalid_header', `${name} ${detail}`, { errors: [{ pointer: name, detail }] });
}

interface Delivery {
  readonly event: string;
  readonly delivery: string;
  readonly text: string;
  readonly correlationId: string;
}

async function take(
  deps: ApiDeps,
  connection: GitHubConnection,
  { event, delivery, text, correlationId }: Delivery,
): Promise<z.output<typeof Answer>> {
  if (event === 'ping') return { outcome: 'pong' };
  if (event !== 'deployment_protection_rule') return { outcome: 'ignored' };
  const body = parseJson(text);
  if ((body as { action?: unknown } | null)?.action !== 'requested') return { outcome: 'ignored' };
  const rule = checkBody(body, ProtectionRuleSchema);
  const principal = principalOf(rule, connection);
  const ask = askOf(rule, delivery);
  const answer = await deps.ledger.request(ask, { principal, via: 'webhook', correlationId });
  if (!answer.ok) throw problemOf(answer.refusal, undefined, deps.clock());
  const { request } = answer.approval;
  return { outcome: answer.changed ? 'requested' : 'known', requestId: request.requestId };
}

/**
 * The repository asks, as a machine. On whose behalf it does is not known here: GitHub's names of people are not the
 * policy's.
 * @throws Problem 403 `forbidden`
 */
function principalOf({ repository }: ProtectionRule, connection: GitHubConnection): Principal {
  const { owners, tenant = DEFAULT_TENANT } = connection;
  const [owner = ''] = repository.full_name.toLowerCase().split('/');
  if (owners && !owners.some((allowed) => allowed.toLowerCase() === owner))
    throw new Problem('forbidden', 'repositories of this account may not ask here');
  const sub = `github:${repository.full_name}`;
  return { sub, tenant, kind: 'machine', roles: ['requester'], groups: [] };
}
