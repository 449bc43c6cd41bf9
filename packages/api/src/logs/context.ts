import { AsyncLocalStorage } from 'node:async_hooks';

/** What every line written on the way of one HTTP request has in common. */
export interface LogContext {
  readonly correlationId: string;
  /** Who is calling, once that is known. */
  readonly subject: () => string | undefined;
}

const current = new AsyncLocalStorage<LogContext>();

export function withLogContext<T>(context: LogContext, run: () => T): T {
  return current.run(context, run);
}

/** Undefined outside of any request: a timer, the start. */
export function logContext(): LogContext | undefined {
  return current.getStore();
}
