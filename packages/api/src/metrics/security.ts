import type { ProblemCode } from '../problems/table.ts';

/** Credentials and safeguards that stopped a request before it became a command. */
const STOPPED = [
  'unauthenticated',
  'token_invalid',
  'token_expired',
  'token_claims_invalid',
  'wait_token_unknown',
  'forbidden',
  'admin_closed',
  'csrf_header_missing',
  'rate_limited',
] as const satisfies readonly ProblemCode[];

/** Of signed requests that came from outside and were not what they claimed. */
const SIGNATURES = ['bad_signature', 'replayed_signature', 'stale_signature'] as const;

export type SecurityEvent = (typeof STOPPED)[number] | (typeof SIGNATURES)[number];

/**
 * The label `type` of `security_events_total`: a closed list. Attempts at what a rule forbids are counted from the
 * ledger's signals (which rule it was stands in the audit log), the others where they are found.
 */
export const SECURITY_EVENTS: ReadonlySet<string> = new Set<string>([
  ...STOPPED,
  ...SIGNATURES,
  'unauthorized_attempt',
]);

const BEFORE_COMMANDS: ReadonlySet<string> = new Set<string>([...STOPPED, ...SIGNATURES]);

/** Whether a problem's code is a security event that no signal of the ledger tells of. */
export function isSecurityEvent(code: string): code is SecurityEvent {
  return BEFORE_COMMANDS.has(code);
}
