import type { Request } from 'express';
import { z } from 'zod';
import { Problem } from '../problems/problem.ts';
import { readBody } from '../server/json.ts';
import { command, commandAnswers, idOf } from './approval-command.ts';
import { FreeText } from './fields.ts';
import type { Route } from './route.ts';

const Body = z.strictObject({
  outcome: z.enum(['succeeded', 'failed']).meta({ description: 'what became of the step outside' }),
  note: FreeText.meta({ description: 'how you know; at least ten characters' }),
});

/** A person says what became of a step that nobody could tell of. */
export const approvalSettle: Route = {
  method: 'post',
  path: '/api/approvals/:id/steps/:n/settle',
  access: 'principal',
  summary: 'Say what became of a step whose outcome is unknown; the first step is 0',
  body: Body,
  headers: ['If-Match'],
  answers: commandAnswers,
  problems: [
    'not_found',
    'machine_may_not_decide',
    'role_missing',
    'nothing_to_settle',
    'reason_too_short',
    'stale_revision',
    'invalid_header',
  ],
  handle: (deps) => async (req, res) => {
    const { outcome, note } = await readBody(req, deps.limits, Body);
    const step = stepOf(req);
    await command(deps, req, res, { type: 'SettleStep', requestId: idOf(req), step, outcome, note });
  },
};

/** @throws Problem 409 `nothing_to_settle` for what can be no step's number */
function stepOf({ params }: Request): number {
  const text = String(params.n);
  if (/^(0|[1-9]\d{0,3})$/.test(text)) return Number(text);
  throw new Problem('nothing_to_settle', 'steps are numbered from 0 on, in the order of the plan');
}
