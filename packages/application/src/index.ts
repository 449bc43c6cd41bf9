export type { Answer, Known } from './answer.ts';
export type { Preview } from './asking/ask.ts';
export type { AskedPlan } from './asking/plan.ts';
export type { Ask, FindRecentDenial } from './asking/types.ts';
export { type Clock, systemClock, timestamp } from './clock.ts';
export { createClosings } from './closing/closings.ts';
export type { ClosingClaimed, Closings } from './closing/types.ts';
export type { Context } from './context.ts';
export type { OpenedPlan, OpenedStep } from './dispatch/open-plan.ts';
export { LedgerUnavailable } from './errors.ts';
export { streamOf } from './execute.ts';
export { derivedId, isRequestId, newId } from './ids.ts';
export { decryptText, encryptText, keyedHash, type RequestKeys } from './keys/request-keys.ts';
export { createSecrets, generateSecret, type Secrets } from './keys/secrets.ts';
export { openSqliteRequestKeys } from './keys/sqlite-request-keys.ts';
export { readWaitToken, waitTokenFor } from './keys/wait-token.ts';
export {
  createLedger,
  type Happened,
  type Intent,
  type Ledger,
  type LedgerOptions,
  type Tick,
} from './ledger.ts';
export {
  type Activation,
  createPolicyRegister,
  type PolicyBundle,
  type PolicyRegister,
  type PolicySource,
} from './policy/register.ts';
export type { Followed, LedgerSignals } from './signals.ts';
export { createSlackDeliveries } from './slack/deliveries.ts';
export { createReplayGuard } from './slack/replay-guard.ts';
export type { Claimed, ReplayGuard, SlackDeliveries } from './slack/types.ts';
export { createStateCache } from './transact/state-cache.ts';
