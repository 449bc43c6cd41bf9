import type { Known } from '@countersign/application';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { identityOf } from '../auth/identity.ts';
import { isVisible } from '../auth/visibility.ts';
import type { ApiDeps } from '../deps.ts';
import { ApprovalSchema } from '../present/approval-schema.ts';
import { Problem } from '../problems/problem.ts';
import { etag, sendJson } from '../server/send.ts';
import { idOf, presentKnown } from './approval-command.ts';
import type { Route } from './route.ts';

/** One request, folded from its stream: always current. */
export const approvalGet: Route = {
  method: 'get',
  path: '/api/approvals/:id',
  access: 'reader',
  summary: 'One request as it stands now',
  answers: {
    200: {
      description: 'the request; ETag is its revision',
      schema: z.strictObject({ success: z.literal(true), data: ApprovalSchema }),
    },
  },
  problems: ['not_found'],
  handle: (deps) => async (req, res) => {
    const known = await loadVisible(deps, req, res);
    sendJson(res, 200, { success: true, data: await presentKnown(deps, known) }, etag(known.revision));
  },
};

/** The request in the path. One that the caller may not see is not there. @throws Problem 404 `not_found` */
export async function loadVisible({ ledger }: ApiDeps, req: Request, res: Response): Promise<Known> {
  const requestId = idOf(req);
  const known = await ledger.load(requestId);
  if (known && isVisible(identityOf(res), known.approval)) return known;
  throw new Problem('not_found', `there is no request ${requestId.slice(0, 100)}`);
}
