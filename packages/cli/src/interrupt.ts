import { constants } from 'node:os';
import { CliError } from './cli-error.ts';

/** Aborted, with the exit code a shell expects, when somebody interrupts the command. Call `release` when done waiting. */
export function interruptible(remark: () => string): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const handlers = (['SIGINT', 'SIGTERM'] as const).map((name) => {
    const handler = () => controller.abort(new CliError(remark(), 128 + constants.signals[name]));
    process.on(name, handler);
    return () => process.off(name, handler);
  });
  return {
    signal: controller.signal,
    release: () => {
      for (const remove of handlers) remove();
    },
  };
}
