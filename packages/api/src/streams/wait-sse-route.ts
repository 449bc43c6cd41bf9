import { type Clock, type Known, timestamp } from '@countersign/application';
import type { RequestHandler } from 'express';
import type { Connection } from './connection.ts';
import { parseQuery, resumePosition, unknownToken, WaitSseQuery, waitedRequest } from './query.ts';
import { sseFrame } from './sse.ts';
import { createStateFrames, type StateFrames } from './state-frames.ts';
import type { StreamDeps, Streams } from './streams.ts';
import { isDone, type Until } from './until.ts';
import type { Watching } from './watches.ts';

/**
 * `GET /api/guard/wait-sse`: a `state` event for every event of the request, at least one before the terminal one, then
 * the end. A client that comes back gets what it has missed, each once; one that has seen all is answered 204,
 * which tells an EventSource to stay away.
 */
export function waitSseRoute(deps: StreamDeps, { watches, connections }: Streams): RequestHandler {
  const { secrets, keys, clock, logger } = deps;
  const frames = createStateFrames(keys);

  return async (req, res) => {
    const { token, until, after } = parseQuery(WaitSseQuery, req);
    const requestId = waitedRequest(secrets, req, token);
    connections.assertRoom();
    let onChange = () => {};
    const watching = await watches.watch(requestId, () => onChange());
    if (!watching) throw unknownToken();
    if (res.destroyed) return watching.stop();

    const start = startingAt(watching.steps, resumePosition(req, after), until);
    if (start.complete) {
      watching.stop();
      res.writeHead(204, { 'Cache-Control': 'no-store' }).end();
      return;
    }
    const connection = openOr(watching.stop, () => connections.open(req, res));
    connection.onClose(watching.stop);
    if (start.reset !== undefined)
      connection.write(sseFrame({ event: 'reset', data: { reason: start.reset } }));
    const pump = createPump({ watching, connection, frames, clock, until, from: start.from });
    onChange = () => {
      pump().catch((err: unknown) => {
        logger.error({ scope: 'stream.failed', requestId, err }, 'a stream was ended');
        connection.end();
      });
    };
    onChange();
  };
}

function openOr(failed: () => void, open: () => Connection): Connection {
  try {
    return open();
  } catch (error) {
    failed();
    throw error;
  }
}

interface Start {
  /** First step to send. */
  readonly from: number;
  /** The client has seen the terminal state. */
  readonly complete: boolean;
  readonly reset?: string;
}

/** A new client begins with the state as it is or, where that is terminal, with the one before it became so. */
function startingAt(steps: Watching['steps'], after: string | undefined, until: Until): Start {
  // A dispatch that failed can be tried again: what is over now is so since the last step that was not.
  const over = steps.findLastIndex((step) => !isTerminal(step, until)) + 1;
  const terminal = over < steps.length ? over : -1;
  const fresh = Math.max(0, (terminal === -1 ? steps.length : terminal) - 1);
  if (after === undefined) return { from: fresh, complete: false };
  const seen = steps.findIndex((step) => step.position === after);
  if (seen === -1) return { from: fresh, complete: false, reset: 'this is no event of the request' };
  return { from: seen + 1, complete: terminal !== -1 && seen >= terminal };
}

/** Whether this event brought what is waited for; an unrecorded expiry is none. */
function isTerminal(step: Known, until: Until): boolean {
  return isDone(step, until, step.approval.updatedAt);
}

/** Whether only the clock has brought the end that is waited for. */
function hasRunOut(step: Known, until: Until, now: string): boolean {
  return isDone(step, until, now) && !isTerminal(step, until);
}

interface PumpOptions {
  readonly watching: Watching;
  readonly connection: Connection;
  readonly frames: StateFrames;
  readonly clock: Clock;
  readonly until: Until;
  readonly from: number;
}

/** Sends the steps not sent yet, one after the other; called again while it is at work, it goes on until there are none. */
function createPump({ watching, connection, frames, clock, until, from }: PumpOptions): () => Promise<void> {
  const { steps } = watching;
  let next = from;
  let busy = false;

  async function send(): Promise<void> {
    for (let step = steps[next]; step && !connection.closed; step = steps[next]) {
      const frame = await frames.asItWas(step);
      next++;
      await connection.write(frame);
      if (isTerminal(step, until)) return connection.end();
    }
    const last = steps.at(-1) as Known;
    if (next < steps.length || !hasRunOut(last, until, timestamp(clock))) return;
    connection.write(await frames.overdue(last));
    connection.end();
  }

  return async () => {
    if (busy) return;
    busy = true;
    try {
      // A step that came after the last look, while `send` was still returning, found this busy and is sent here.
      do await send();
      while (next < steps.length && !connection.closed);
    } finally {
      busy = false;
    }
  };
}
