export { combineSignals } from './combine.ts';
export { type LogContext, logContext, withLogContext } from './context.ts';
export { dispatchSignals } from './dispatching.ts';
export { lifecycleLog } from './lifecycle.ts';
export { createLogger, LOG_LEVELS, type LoggerOptions, type LogLevel } from './logger.ts';
export { REDACTED, redact, redactText } from './redact.ts';
export { logRequests } from './requests.ts';
