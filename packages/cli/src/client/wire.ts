/** What the server sends, as far as the commands look at it. */

export interface Created {
  readonly requestId: string;
  /** Lets its bearer read this request, and nothing else. */
  readonly token: string;
  readonly status: string;
  readonly expiresAt: string;
  readonly escalateAt: readonly string[];
  readonly paramsHash: string;
  readonly policyHash: string;
  readonly position: string;
}

export interface Progress {
  readonly stages: readonly {
    readonly name: string;
    readonly met: boolean;
    readonly places: readonly { readonly from: string; readonly min: number; readonly got: number }[];
  }[];
}

export interface Persona {
  readonly name: string;
  readonly ackedBy?: string;
  readonly at?: string;
}

export interface DecisionMade {
  readonly outcome: string;
  readonly by: string;
  readonly at: string;
  readonly note?: string;
}

/** `GET /api/guard/wait`, and the data of a `state` event. */
export interface GuardState {
  readonly requestId: string;
  readonly status: string;
  readonly revision: number;
  readonly decision?: DecisionMade;
  readonly approvers: readonly { readonly sub: string; readonly at: string; readonly stage: string }[];
  readonly personas: readonly Persona[];
  readonly progress: Progress;
  readonly expiresAt: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** One entry of a list. */
export interface ListedApproval {
  readonly approvalId: string;
  /** `pending` includes `awaiting_personas`. */
  readonly approval_status: string;
  /** Exact; denied reads `rejected`. */
  readonly status: string;
  readonly action: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly decision: DecisionMade | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly expires_at: string;
}

/** `GET /api/approvals/:id`, and what commands on it answer. */
export interface ApprovalView extends ListedApproval {
  readonly requester: { readonly sub: string };
  readonly onBehalfOf?: string;
  readonly justification?: string;
  readonly paramsHash: string;
  readonly policyHash: string;
  readonly approvers: GuardState['approvers'];
  readonly denials: readonly { readonly sub: string; readonly at: string; readonly note?: string }[];
  readonly personas: readonly Persona[];
  readonly progress: Progress;
  readonly escalated: readonly number[];
  readonly breakGlass: { readonly by: string; readonly reason: string } | null;
}

/** `GET /api/whoami`. */
export interface Caller {
  readonly sub: string;
  /** As policies and events write it. */
  readonly person: string;
  readonly tenant: string;
  readonly kind: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly policy: { readonly groups: readonly string[]; readonly superApprover: boolean };
}

/** One entry of `GET /api/admin/projections`. */
export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  readonly state: 'running' | 'catching_up' | 'rebuilding' | 'failed' | 'stopped';
  readonly position: string;
  readonly handled: number;
  readonly lagEvents: number;
  readonly lagSeconds: number;
  readonly readable: boolean;
  readonly rebuild?: {
    readonly startedAt: number;
    readonly handled: number;
    readonly eventsPerSecond: number;
    readonly percent?: number;
    readonly etaSeconds?: number;
  };
  readonly lastError?: { readonly message: string; readonly at: number };
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly total?: number;
  readonly limit?: number;
  readonly offset?: number;
}

/** Answers of the approvals routes. */
export interface Enveloped<T> {
  readonly success: true;
  readonly data: T;
}

const DECIDED = new Set([
  'approved',
  'denied',
  'rejected',
  'expired',
  'cancelled',
  'dispatched',
  'dispatch_failed',
]);

export type Until = 'decided' | 'dispatched';

/** Whether waiting is over. Nothing is dispatched that was not approved, so `dispatched` waits on after that. */
export function isSettled(status: string, until: Until): boolean {
  if (status === 'dispatching') return until === 'decided';
  return DECIDED.has(status) && !(until === 'dispatched' && status === 'approved');
}
