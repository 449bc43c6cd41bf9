import { type Bindings, type DestinationStream, destination, type Logger, pino } from 'pino';
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
  const logger = pino(
    {
      level,
      base: redact(base) as Bindings,
      timestamp: createTimestamps(),
      // `redact` has made plain objects of errors already; pino's own serializer would print every member of one.
      serializers: { err: (error: unknown) => error },
      formatters: {
        level: (label) => ({ level: label }),
        log: (facts) => redact(facts) as Record<string, unknown>,
      },
      // Over the finished line, so that messages and stacks are covered too.
      hooks: { streamWrite: redactText },
    },
    stream,
  );
  // Pino formats no bindings of children; what is bound is redacted as it is bound.
  const bind = logger.child;
  logger.child = function child(this: Logger, bindings: Bindings, options?: object) {
    return bind.call(this, redact(bindings) as Bindings, options);
  } as typeof logger.child;
  return logger;
}

/** RFC 3339 as pino writes it into a line; many lines share a millisecond, so the last text is kept. */
function createTimestamps(): () => string {
  let at = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== at) {
      at = now;
      text = `,"time":"${new Date(now).toISOString()}"`;
    }
    return text;
  };
}
