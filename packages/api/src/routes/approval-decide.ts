import type { JsonObject } from '@countersign/domain';
import { z } from 'zod';
import { readBody } from '../server/json.ts';
import { command, commandAnswers, commandProblems, idOf } from './approval-command.ts';
import { FreeText, HashField, JsonObjectField, outcomeOf, Verdict } from './fields.ts';
import type { Route } from './route.ts';

const Body = z.strictObject({
  status: Verdict,
  note: FreeText.optional(),
  paramsHash: HashField.optional().meta({ description: 'the parameters that were looked at' }),
  planHash: HashField.optional().meta({ description: 'the plan that was looked at' }),
  stage: z.string().max(200).optional(),
  overrides: JsonObjectField.optional().meta({ description: 'parameters to change before approving' }),
});

/** One person's yes or no. */
export const approvalDecide: Route = {
  method: 'post',
  path: '/api/approvals/:id/decide',
  access: 'principal',
  summary: 'Approve or reject',
  body: Body,
  headers: ['If-Match'],
  answers: commandAnswers,
  problems: [
    ...commandProblems,
    'self_approval',
    'not_on_slate',
    'left_group',
    'already_denied',
    'personas_pending',
    'not_your_stage',
    'wrong_stage',
    'stage_required',
    'stale_plan',
    'overrides_not_allowed',
    'override_key_forbidden',
    'override_limit_exceeded',
    'override_diff_size_exceeded',
    'override_schema_validation',
    'reserved_member',
  ],
  handle: (deps) => async (req, res) => {
    const { status, note, paramsHash, planHash, stage, overrides } = await readBody(req, deps.limits, Body);
    await command(deps, req, res, {
      type: 'Decide',
      requestId: idOf(req),
      status: outcomeOf(status),
      ...(note !== undefined && { note }),
      ...(paramsHash !== undefined && { paramsHash }),
      ...(planHash !== undefined && { planHash }),
      ...(stage !== undefined && { stage }),
      ...(overrides !== undefined && { overrides: overrides as JsonObject }),
    });
  },
};
