import { z } from 'zod';
import { readBody } from '../server/json.ts';
import { command, commandAnswers, commandProblems, idOf } from './approval-command.ts';
import { FreeText, outcomeOf, Verdict } from './fields.ts';
import type { Route } from './route.ts';

const Forced = z.strictObject({ status: Verdict, reason: FreeText });
const Review = z.strictObject({ note: FreeText.optional() });

/** A super-approver forces the decision, and says why. */
export const breakGlass: Route = {
  method: 'post',
  path: '/api/approvals/:id/break-glass',
  access: 'principal',
  summary: 'Force a decision',
  body: Forced,
  headers: ['If-Match'],
  answers: commandAnswers,
  problems: [...commandProblems, 'not_super_approver', 'self_approval', 'reason_too_short'],
  handle: (deps) => async (req, res) => {
    const { status, reason } = await readBody(req, deps.limits, Forced);
    await command(deps, req, res, {
      type: 'InvokeBreakGlass',
      requestId: idOf(req),
      status: outcomeOf(status),
      reason,
    });
  },
};

/** Another super-approver signs off what was forced. */
export const breakGlassReview: Route = {
  method: 'post',
  path: '/api/approvals/:id/break-glass/review',
  access: 'principal',
  summary: 'Review a forced decision',
  body: Review,
  headers: ['If-Match'],
  answers: commandAnswers,
  problems: [
    ...commandProblems,
    'not_super_approver',
    'self_approval',
    'break_glass_own_review',
    'nothing_to_review',
    'already_reviewed',
  ],
  handle: (deps) => async (req, res) => {
    const { note } = await readBody(req, deps.limits, Review);
    await command(deps, req, res, {
      type: 'ReviewBreakGlass',
      requestId: idOf(req),
      ...(note !== undefined && { note }),
    });
  },
};
