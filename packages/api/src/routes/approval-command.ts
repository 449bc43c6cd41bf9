import { type Intent, type Known, timestamp } from '@countersign/application';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { correlationIdOf, principalOf } from '../auth/identity.ts';
import type { ApiDeps } from '../deps.ts';
import { presentApproval } from '../present/approval.ts';
import { ApprovalSchema } from '../present/approval-schema.ts';
import { openedParams } from '../present/params.ts';
import { problemOf } from '../problems/problem.ts';
import type { ProblemCode } from '../problems/table.ts';
import { ifMatchOf } from '../server/headers.ts';
import { etag, sendJson } from '../server/send.ts';

/** What every command on a request answers: the request as it stands now, and whether this changed it. */
export const CommandAnswer = z.strictObject({
  success: z.literal(true),
  data: ApprovalSchema.extend({
    changed: z.boolean().meta({ description: 'false when all that was asked was already so' }),
  }),
});

export const commandAnswers = { 200: { description: 'the request as it stands now', schema: CommandAnswer } };

/** Refusals that every command on an existing request can meet. */
export const commandProblems = [
  'not_found',
  'expired',
  'already_decided',
  'machine_may_not_decide',
  'role_missing',
  'stale_revision',
  'invalid_header',
] as const satisfies readonly ProblemCode[];

/** Sends one command to the ledger and answers with what became of it. */
export async function command(deps: ApiDeps, req: Request, res: Response, intent: Intent): Promise<void> {
  const answer = await deps.ledger.execute(intent, {
    principal: principalOf(res),
    via: 'api',
    correlationId: correlationIdOf(res),
    ifRevision: ifMatchOf(req),
  });
  if (!answer.ok) throw problemOf(answer.refusal, intent.requestId, deps.clock());
  const data = { ...(await presentKnown(deps, answer)), changed: answer.changed };
  sendJson(res, 200, { success: true, data }, etag(answer.revision));
}

export async function presentKnown(deps: ApiDeps, known: Known) {
  return presentApproval(known, timestamp(deps.clock), await openedParams(deps.keys, known.approval));
}

/** The request id in the path; express gives every named part as text. */
export function idOf(req: Request): string {
  return String(req.params.id);
}
