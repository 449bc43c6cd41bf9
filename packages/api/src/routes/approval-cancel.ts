import { z } from 'zod';
import { readBody } from '../server/json.ts';
import { command, commandAnswers, commandProblems, idOf } from './approval-command.ts';
import { FreeText } from './fields.ts';
import type { Route } from './route.ts';

const Body = z.strictObject({ reason: FreeText.optional() });

/** Whoever asked takes the request back. */
export const approvalCancel: Route = {
  method: 'post',
  path: '/api/approvals/:id/cancel',
  access: 'principal',
  summary: 'Cancel a request of your own',
  body: Body,
  headers: ['If-Match'],
  answers: commandAnswers,
  problems: [...commandProblems, 'not_requester'],
  handle: (deps) => async (req, res) => {
    const { reason } = await readBody(req, deps.limits, Body);
    await command(deps, req, res, {
      type: 'CancelRequest',
      requestId: idOf(req),
      ...(reason !== undefined && { reason }),
    });
  },
};
