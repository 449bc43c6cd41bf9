import { type Ask, type Known, waitTokenFor } from '@countersign/application';
import { ACTION_NAME, type JsonObject } from '@countersign/domain';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { SubjectText } from '../auth/claims.ts';
import { correlationIdOf, principalOf } from '../auth/identity.ts';
import type { ApiDeps } from '../deps.ts';
import { firstAnswer } from '../present/first-answer.ts';
import { HashText, Instant, PositionText, SlateSchema, StatusSchema } from '../present/shapes.ts';
import { problemOf } from '../problems/problem.ts';
import { idempotencyKeyOf } from '../server/headers.ts';
import { readBody } from '../server/json.ts';
import { sendJson } from '../server/send.ts';
import { FreeText, JsonObjectField, StateField } from './fields.ts';
import type { Route } from './route.ts';

const Body = z.strictObject({
  action: z.string().regex(ACTION_NAME, 'must be 1 to 200 of A-Z a-z 0-9 . _ : -'),
  params: JsonObjectField,
  justification: FreeText.optional(),
  onBehalfOf: SubjectText.optional().meta({ description: 'the person this is asked for' }),
  previousRequestId: z.string().max(100).optional(),
  callbackUrl: z.string().max(2048).optional(),
  state: StateField.optional(),
});

const Created = z.strictObject({
  requestId: z.string(),
  token: z.string().meta({ description: 'reads this one request, and nothing else' }),
  status: StatusSchema,
  expiresAt: Instant,
  escalateAt: z.array(Instant),
  paramsHash: HashText,
  policyHash: HashText,
  requirements: SlateSchema,
  position: PositionText,
});

/** Automation asks. The hottest route of all. */
export const guardRequest: Route = {
  method: 'post',
  path: '/api/guard/request',
  access: 'principal',
  rateLimited: true,
  summary: 'Ask for an approval',
  body: Body,
  headers: ['Idempotency-Key'],
  answers: {
    201: { description: 'the request', schema: Created },
    200: { description: 'the first answer again, for the same Idempotency-Key and body', schema: Created },
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
    'invalid_header',
  ],
  handle: (deps) => (req, res) => create(deps, req, res),
};

async function create(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  const { ledger, clock } = deps;
  const idempotencyKey = idempotencyKeyOf(req);
  const { params, ...body } = await readBody(req, deps.limits, Body);
  const ask: Ask = {
    ...(body as Omit<Ask, 'params' | 'channel'>),
    params: params as JsonObject,
    channel: 'guard',
    idempotencyKey,
  };
  const context = { principal: principalOf(res), via: 'api', correlationId: correlationIdOf(res) } as const;
  const answer = await ledger.request(ask, context);
  if (!answer.ok) throw problemOf(answer.refusal, undefined, clock());
  sendJson(res, answer.changed ? 201 : 200, await present(deps, answer, answer.changed));
}

async function present(deps: ApiDeps, known: Known, isNew: boolean): Promise<z.output<typeof Created>> {
  const { request } = known.approval;
  const { status, position } = await firstAnswer(deps.store, known, isNew);
  return {
    requestId: request.requestId,
    token: waitTokenFor(deps.secrets, request.requestId),
    status,
    expiresAt: request.expiresAt,
    escalateAt: request.escalations.map((rung) => rung.at),
    paramsHash: request.paramsHash,
    policyHash: request.policyHash,
    requirements: request.slate,
    position,
  };
}
