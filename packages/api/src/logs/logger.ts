import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { redact, redactText } from './redact.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  /** Default `info`. */
  readonly level?: LogLevel;
  /** Default `stdout`. A stream of one's own is for tests. */
  readonly to?: 'stdout' | 'stderr' | DestinationStream;
  /** Stands in every line. */
  readonly base?: Readonly<Record<string, unknown>>;
}

/**
 * One JSON object a line: `level` as a word, `time` as RFC 3339, `msg`, and the facts. Nothing that names a secret
 * is written, at any depth. Lines are written behind the caller's back and flushed when the process ends.
 */
export function createLogger({ level = 'info', to = 'stdout', base = {} }: LoggerOptions = {}): Logger {
  const stream = typeof to === 'string' ? destination({ dest: to === 'stdout' ? 1 : 2, sync: false }) : to;
  return pino(
    {
      level,
      base: { ...base },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      // `redact` has made plain objects of errors already; pino's own serializer would print every member of one.
      serializers: { err: (error: unknown) => error },
      formatters: {
        level: (label) => ({ level: label }),
        bindings: (facts) => redact(facts) as Record<string, unknown>,
        log: (facts) => redact(facts) as Record<string, unknown>,
      },
      // Over the finished line, so that messages and stacks are covered too.
      hooks: { streamWrite: redactText },
    },
    stream,
  );
}
