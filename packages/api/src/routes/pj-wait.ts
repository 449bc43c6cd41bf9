import { type Known, timestamp } from '@countersign/application';
import type { Response } from 'express';
import type { ApiDeps } from '../deps.ts';
import { markWaiting } from '../metrics/index.ts';
import type { Streams } from '../streams/streams.ts';
import { isDone } from '../streams/until.ts';
import { waitForChange } from '../streams/wait.ts';

/** What nobody has to begin is begun by the dispatcher of whatever instance sees it first; the end is in the stream. */
export async function waitForTheEnd(
  { clock, limits }: ApiDeps,
  { watches, waiting, limits: { maxWaiters } }: Streams,
  res: Response,
  known: Known,
): Promise<Known> {
  const { notBefore = '' } = known.approval.request.dispatch ?? {};
  const now = timestamp(clock);
  const isEarly = notBefore > now;
  if (!comesByItself(known) || isEarly || isDone(known, 'dispatched', now) || waiting.count >= maxWaiters)
    return known;
  markWaiting(res);
  const { requestId } = known.approval.request;
  const ended = await waiting.whileWaiting(res, (signal) =>
    waitForChange(requestId, {
      ...{ watches, clock, signal },
      until: 'dispatched',
      timeoutMs: limits.dispatchWaitMs,
    }),
  );
  return ended ?? known;
}

/** Whether it is under way, or will be without anybody's doing. */
export function comesByItself({ approval }: Known): boolean {
  const { dispatch, request } = approval;
  if (dispatch?.phase === 'running') return true;
  return dispatch?.phase === 'idle' && request.dispatch?.mode === 'on-approval';
}
