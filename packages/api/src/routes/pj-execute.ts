import type { Ask, Context, Known } from '@countersign/application';
import { ACTION_NAME, type JsonObject } from '@countersign/domain';
import type { Response } from 'express';
import { z } from 'zod';
import { SubjectText } from '../auth/claims.ts';
import { correlationIdOf, principalOf } from '../auth/identity.ts';
import type { ApiDeps } from '../deps.ts';
import { logStep } from '../logs/lifecycle.ts';
import { DispatchResultSchema } from '../present/plan-schema.ts';
import { GateStatusSchema } from '../present/shapes.ts';
import { toProblem } from '../problems/handler.ts';
import { readBody } from '../server/json.ts';
import { etag, sendJson } from '../server/send.ts';
import type { Streams } from '../streams/streams.ts';
import { presentDispatched } from './dispatching.ts';
import { FreeText, IdempotencyField, JsonObjectField, StateField } from './fields.ts';
import { DryRunAnswer, tellWhatWouldBeDone } from './pj-dry-run.ts';
import { refused } from './pj-payload.ts';
import { comesByItself, waitForTheEnd } from './pj-wait.ts';
import type { Route } from './route.ts';

const Body = z.strictObject({
  actionId: z.string().regex(ACTION_NAME, 'must be 1 to 200 of A-Z a-z 0-9 . _ : -'),
  mode: z.enum(['execute', 'dry-run']),
  payload: JsonObjectField,
  requestId: IdempotencyField.optional().meta({
    description: "the caller's own id; the same again is the same request",
  }),
  notBefore: z.string().max(100).optional().meta({ description: 'RFC 3339; nothing is carried out before' }),
  justification: FreeText.optional(),
  onBehalfOf: SubjectText.optional().meta({ description: 'the person this is asked for' }),
  previousRequestId: z.string().max(100).optional(),
  callbackUrl: z.string().max(2048).optional(),
  state: StateField.optional(),
});

const Executed = z.strictObject({
  success: z.boolean().meta({ description: 'false when what was carried out at once has failed' }),
  approvalId: z.string(),
  approvalRequired: z.boolean(),
  data: z.strictObject({
    approvalId: z.string(),
    approvalRequired: z.boolean(),
    approval_status: GateStatusSchema.optional(),
    dispatchResult: DispatchResultSchema.nullable().optional(),
  }),
});

/** Automation asks for something to be carried out: once approved, or at once where nobody is asked. */
export const pjExecute: Route = {
  method: 'post',
  path: '/api/pj/execute',
  access: 'principal',
  rateLimited: true,
  summary: 'Have an action carried out, or tell what would be done',
  body: Body,
  answers: {
    200: {
      description: 'a dry run; or what nobody has to approve, carried out',
      schema: z.union([DryRunAnswer, Executed]),
    },
    202: { description: 'to be approved first; or begun, and still under way', schema: Executed },
  },
  problems: [
    'role_missing',
    'unknown_action',
    'reserved_member',
    'unmeetable_requirement',
    'idempotency_key_reused',
    'callback_not_allowed',
    'plan_invalid',
    'previous_request_unknown',
    'previous_request_undecided',
    'cooldown',
    'too_many_repeats',
    'dispatcher_absent',
  ],
  handle: (deps, streams) => async (req, res) => {
    const { mode, ...body } = await readBody(req, deps.limits, Body);
    const ask = askOf(body);
    const context: Context = {
      principal: principalOf(res),
      via: 'api',
      correlationId: correlationIdOf(res),
    };
    if (mode === 'dry-run') sendJson(res, 200, await tellWhatWouldBeDone(deps, ask, context));
    else await execute(deps, streams, res, ask, context);
  },
};

function askOf({ actionId, payload, requestId, ...more }: Omit<z.output<typeof Body>, 'mode'>): Ask {
  return {
    ...(more as Omit<Ask, 'action' | 'params' | 'channel'>),
    action: actionId,
    params: payload as JsonObject,
    channel: 'gate',
    externalId: requestId,
    idempotencyKey: requestId,
  };
}

async function execute(
  deps: ApiDeps,
  streams: Streams,
  res: Response,
  ask: Ask,
  context: Context,
): Promise<void> {
  const known = await create(deps, ask, context);
  const { request, decision } = known.approval;
  const approvalId = request.requestId;
  if (decision?.how !== 'automatic') {
    const told = { approvalId, approvalRequired: true };
    return sendJson(res, 202, { success: true, data: told, ...told }, headersOf(known));
  }
  const now = await waitForTheEnd(deps, streams, res, known);
  if (res.destroyed) return;
  const { status, approval_status, dispatchResult } = await presentDispatched(deps, now);
  const told = { approvalId, approvalRequired: false };
  const body = {
    success: status !== 'dispatch_failed',
    data: { ...told, approval_status, dispatchResult },
    ...told,
  };
  sendJson(res, comesByItself(now) ? 202 : 200, body, headersOf(now));
}

/** @throws Problem for a refusal; LedgerUnavailable */
async function create(deps: ApiDeps, ask: Ask, context: Context): Promise<Known> {
  try {
    const answer = await deps.ledger.request(ask, context);
    if (answer.ok) return answer;
    throw refused(answer.refusal, deps);
  } catch (error) {
    const { action, externalId } = ask;
    logStep(deps.logger, 'warn', {
      scope: 'pj.execute.approval_create_failed',
      code: toProblem(error).code,
      ...{ action, externalId, correlationId: context.correlationId },
    });
    throw error;
  }
}

function headersOf({ approval, revision }: Known) {
  return { Location: `/api/approvals/${approval.request.requestId}`, ...etag(revision) };
}
