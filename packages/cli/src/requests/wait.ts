import { getApproval } from '../client/api.ts';
import { type ConnectOptions, connect, connectAsSomebody } from '../client/connect.ts';
import type { Http } from '../client/http.ts';
import { pause } from '../client/retry.ts';
import { GRACE_MS, isFinal } from '../client/wait.ts';
import { type ApprovalView, isSettled, type Until } from '../client/wire.ts';
import { exitCodeOfStatus } from '../exit-codes.ts';
import { interruptible } from '../interrupt.ts';
import { type Format, present } from '../output/format.ts';
import type { Io } from '../output/io.ts';
import { describeState } from './describe.ts';
import { parseDuration } from './duration.ts';
import { follow } from './follow.ts';
import { describeApproval } from './show.ts';

export interface WaitOptions extends ConnectOptions {
  readonly output: Format;
  readonly until: Until;
  readonly timeout?: string;
}

/** `countersign wait`: by wait token (which reads this request and nothing else), or by id as somebody who may read it. */
export async function wait(io: Io, idOrToken: string, options: WaitOptions): Promise<number> {
  const timeoutMs = options.timeout === undefined ? undefined : parseDuration(options.timeout);
  if (idOrToken.includes('.')) {
    const state = await follow(io, connect(options, io.env), idOrToken, { until: options.until, timeoutMs });
    present(io, options.output, state, () => describeState(io, state));
    return exitCodeOfStatus(state.status);
  }
  const approval = await poll(io, connectAsSomebody(options, io.env), idOrToken, options.until, timeoutMs);
  present(io, options.output, approval, () => describeApproval(io, approval));
  return exitCodeOfStatus(approval.status);
}

const POLL_MS = 1000;

/** Without the wait token there is no stream of one request: its state is read once a second. */
async function poll(
  io: Io,
  http: Http,
  id: string,
  until: Until,
  timeoutMs = Number.POSITIVE_INFINITY,
): Promise<ApprovalView> {
  const deadline = Date.now() + timeoutMs;
  const { signal, release } = interruptible(
    () => `interrupted; the request lives on (countersign show ${id})`,
  );
  try {
    let last = await getApproval(http, id, signal);
    io.say(last.status);
    while (!isSettled(last.status, until) && Date.now() < deadline) {
      await pause(Math.min(POLL_MS, deadline - Date.now()), signal);
      const next = await readAgain(io, http, last, signal);
      if (next.status !== last.status) io.say(next.status);
      last = next;
    }
    return last;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    release();
  }
}

/** A server that does not answer for a while changes nothing, as long as the request can still be undecided. */
async function readAgain(io: Io, http: Http, last: ApprovalView, signal: AbortSignal): Promise<ApprovalView> {
  try {
    return await getApproval(http, last.approvalId, signal);
  } catch (error) {
    if (signal.aborted || isFinal(error) || Date.now() > Date.parse(last.expires_at) + GRACE_MS) throw error;
    io.say(`${(error as Error).message}; trying again`);
    return last;
  }
}
