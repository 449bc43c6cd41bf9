import type { Request, Response } from 'express';
import type { PageSeam } from '../page-seam.ts';
import { refuse } from './guard.ts';

/** Changes within this time are told together. */
const COALESCE_MS = 25;
const HEARTBEAT_MS = 15_000;
const MAX_STREAMS = 64;

/**
 * Server-sent events that say "something changed" and nothing else; the page then asks for its person's state. The first
 * one comes at once, so that a page that was cut off catches up.
 */
export function changes(workspace: PageSeam): (req: Request, res: Response) => void {
  let open = 0;
  return (_req, res) => {
    if (open >= MAX_STREAMS) return refuse(res, 503, `${MAX_STREAMS} pages are open already`);
    open += 1;
    res.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
    res.flushHeaders();
    const end = tell(workspace, res);
    res.once('close', () => {
      open -= 1;
      end();
    });
  };
}

/** @returns how to end it */
function tell(workspace: PageSeam, res: Response): () => void {
  let pending: NodeJS.Timeout | undefined;
  const changed = (): void => {
    pending = undefined;
    res.write('event: changed\ndata: {}\n\n');
  };
  res.write('retry: 1000\n');
  changed();
  const unsubscribe = workspace.onChange(() => {
    pending ??= setTimeout(changed, COALESCE_MS).unref();
  });
  const heartbeat = setInterval(() => res.write(':\n\n'), HEARTBEAT_MS).unref();
  return () => {
    unsubscribe();
    clearTimeout(pending);
    clearInterval(heartbeat);
  };
}
