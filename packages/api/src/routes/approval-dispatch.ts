import type { Answer, Context, Known } from '@countersign/application';
import type { Hash } from '@countersign/domain';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { mustHaveRole } from '../auth/guards.ts';
import { correlationIdOf, principalOf } from '../auth/identity.ts';
import type { ApiDeps } from '../deps.ts';
import { markWaiting } from '../metrics/index.ts';
import { DispatchResultSchema, DryRunResultSchema } from '../present/plan-schema.ts';
import { Problem, problemOf } from '../problems/problem.ts';
import { ifMatchOf } from '../server/headers.ts';
import { readBody } from '../server/json.ts';
import { etag, sendJson } from '../server/send.ts';
import type { Streams } from '../streams/streams.ts';
import { CommandAnswer, idOf, presentKnown } from './approval-command.ts';
import { loadVisible } from './approval-get.ts';
import { dispatcherOf, presentDispatched, presentDryRun } from './dispatching.ts';
import { HashField } from './fields.ts';
import type { Route } from './route.ts';

const MAX_WAIT_SEC = 60;

const Body = z.strictObject({
  dryRun: z.boolean().optional().meta({ description: 'tell what would be done, and do nothing' }),
  planHash: HashField.optional().meta({ description: 'the plan that was looked at' }),
  timeoutSec: z
    .number()
    .min(0)
    .max(MAX_WAIT_SEC)
    .optional()
    .meta({ description: 'how long to wait for the end' }),
});

const Carried = CommandAnswer.extend({
  success: z.boolean().meta({ description: 'false when the dispatch has failed' }),
  data: CommandAnswer.shape.data.extend({ dispatchResult: DispatchResultSchema }),
});
const Tried = CommandAnswer.extend({
  data: CommandAnswer.shape.data.extend({ dispatchResult: DryRunResultSchema }),
});

/** Has what was approved carried out. */
export const approvalDispatch: Route = {
  method: 'post',
  path: '/api/approvals/:id/dispatch',
  access: 'principal',
  summary: 'Carry out what was approved, or tell what would be done',
  body: Body,
  headers: ['If-Match'],
  answers: {
    200: {
      description: 'it has ended, in success or failure; or what would be done',
      schema: z.union([Carried, Tried]),
    },
    202: { description: 'it is under way', schema: Carried },
  },
  problems: [
    'not_found',
    'role_missing',
    'not_approved',
    'nothing_to_dispatch',
    'too_early',
    'already_dispatching',
    'already_dispatched',
    'step_outcome_unknown',
    'expired',
    'stale_plan',
    'stale_revision',
    'invalid_header',
    'dispatcher_absent',
    'shutting_down',
  ],
  handle: (deps, streams) => async (req, res) => {
    const { dryRun, planHash, timeoutSec } = await readBody(req, deps.limits, Body);
    if (dryRun) return tellWhatWouldBeDone(deps, req, res);
    const waitMs = timeoutSec === undefined ? deps.limits.dispatchWaitMs : timeoutSec * 1000;
    const known = await carryOut(deps, streams, req, res, { waitMs, planHash });
    if (res.destroyed) return;
    const data = { ...(await presentDispatched(deps, known)), changed: true };
    const success = data.status !== 'dispatch_failed';
    sendJson(res, data.status === 'dispatching' ? 202 : 200, { success, data }, etag(known.revision));
  },
};

/** @returns the request when its dispatch has ended, or nobody waits for that any longer */
async function carryOut(
  deps: ApiDeps,
  { waiting }: Streams,
  req: Request,
  res: Response,
  options: { readonly waitMs: number; readonly planHash: Hash | undefined },
): Promise<Known> {
  const dispatcher = dispatcherOf(deps);
  const requestId = idOf(req);
  const context: Context = {
    principal: principalOf(res),
    via: 'api',
    correlationId: correlationIdOf(res),
    ifRevision: ifMatchOf(req),
  };
  markWaiting(res);
  const answer = await waiting.whileWaiting(res, (signal) =>
    unlessEnded(signal, dispatcher.dispatch(requestId, context, options)),
  );
  if (answer?.ok) return answer;
  if (answer) throw problemOf(answer.refusal, requestId, deps.clock());
  const known = await deps.ledger.load(requestId);
  if (known?.approval.dispatch?.phase === 'running') return known;
  throw new Problem('shutting_down', 'whether it was begun is not known: look at the request', {
    requestId,
    headers: { 'Retry-After': '5' },
  });
}

/** What the dispatch comes to, or null when the signal comes first; the dispatch goes on all the same. */
function unlessEnded(signal: AbortSignal, dispatch: Promise<Answer>): Promise<Answer | null> {
  const ended = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
  return Promise.race([dispatch, ended]);
}

async function tellWhatWouldBeDone(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  mustHaveRole(principalOf(res), 'admin');
  const known = await loadVisible(deps, req, res);
  const { requestId } = known.approval.request;
  const dryRun = await dispatcherOf(deps).dryRun(requestId);
  if (!dryRun) {
    throw new Problem('nothing_to_dispatch', 'the request has no plan that could be carried out', {
      requestId,
    });
  }
  const data = {
    ...(await presentKnown(deps, known)),
    changed: false,
    dispatchResult: presentDryRun(dryRun, []),
  };
  sendJson(res, 200, { success: true, data }, etag(known.revision));
}
