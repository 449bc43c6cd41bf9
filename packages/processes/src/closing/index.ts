export { startClosings } from './caller.ts';
export { CLOSING_RETRY_MS } from './limits.ts';
export type {
  ClosingCalled,
  ClosingCaller,
  ClosingCallerOptions,
  ClosingLimits,
  ClosingSignals,
} from './types.ts';
