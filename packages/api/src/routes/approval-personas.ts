import type { Request } from 'express';
import { z } from 'zod';
import { readBody } from '../server/json.ts';
import { command, commandAnswers, commandProblems, idOf } from './approval-command.ts';
import type { Route } from './route.ts';

const Empty = z.strictObject({});
const path = '/api/approvals/:id/personas/:persona/ack';

/** "We have seen it", for one persona. */
export const personaAcknowledge: Route = {
  method: 'post',
  path,
  access: 'principal',
  summary: 'Acknowledge a persona',
  body: Empty,
  headers: ['If-Match'],
  answers: commandAnswers,
  problems: [...commandProblems, 'unknown_persona', 'not_on_slate', 'left_group'],
  handle: (deps) => async (req, res) => {
    await readBody(req, deps.limits, Empty);
    await command(deps, req, res, {
      type: 'AcknowledgePersona',
      requestId: idOf(req),
      persona: personaOf(req),
    });
  },
};

/** Takes an acknowledgement back. */
export const personaWithdraw: Route = {
  method: 'delete',
  path,
  access: 'principal',
  summary: 'Withdraw the acknowledgement of a persona',
  headers: ['If-Match'],
  answers: commandAnswers,
  problems: [
    ...commandProblems,
    'unknown_persona',
    'not_on_slate',
    'left_group',
    'not_acknowledged',
    'not_acknowledger',
  ],
  handle: (deps) => (req, res) =>
    command(deps, req, res, {
      type: 'WithdrawAcknowledgement',
      requestId: idOf(req),
      persona: personaOf(req),
    }),
};

function personaOf(req: Request): string {
  return String(req.params.persona);
}
