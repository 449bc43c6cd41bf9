import type {
  ApprovalEvent,
  ApprovalEventOf,
  Decision,
  DispatchEvent,
  DispatchPhase,
  Status,
  Via,
} from '@countersign/domain';

/** An approval that stands. */
export interface Given {
  readonly sub: string;
  readonly at: string;
  readonly stage: number;
  readonly via: Via;
  /** Requirements of the stage whose places this person fits. */
  readonly fills: readonly number[];
  readonly note?: string;
}

/** A denial; the person has voted, in whatever stage it was. */
export interface Against {
  readonly sub: string;
  readonly at: string;
  readonly stage: number;
}

/**
 * What views keep of a request between its events: the part of the domain's state that rows are made of, without the
 * request itself. Changed in place, because a rebuild makes millions of steps. Follows the domain's `evolve` step by
 * step; a property test holds the two together.
 */
export interface Life {
  status: Status;
  /** Names on the slate, in its order. */
  readonly personas: readonly string[];
  /** Of these, the ones not acknowledged. */
  missing: string[];
  stage: number;
  approvals: Given[];
  denials: Against[];
  escalated: number;
  decision: Decision | null;
  /** How far the plan has come; null where the request has none. */
  phase: DispatchPhase | null;
  paramsHash: string;
  updatedAt: string;
}

export function beginLife(request: ApprovalEventOf<'ApprovalRequested'>['data']): Life {
  const personas = request.slate.personas.map((persona) => persona.name);
  return {
    status: personas.length > 0 ? 'awaiting_personas' : 'pending',
    personas,
    missing: [...personas],
    stage: 0,
    approvals: [],
    denials: [],
    escalated: 0,
    decision: null,
    phase: request.dispatch ? 'idle' : null,
    paramsHash: request.paramsHash,
    updatedAt: request.at,
  };
}

/** One more event. A second `ApprovalRequested` changes nothing, nor does a dispatch where there is no plan. */
export function continueLife(life: Life, event: ApprovalEvent): void {
  if (event.type === 'ApprovalRequested' || !step(life, event)) return;
  life.updatedAt = event.data.at;
  life.status = statusOf(life);
}

const STATUS_OF_PHASE: Readonly<Record<DispatchPhase, Status>> = {
  idle: 'approved',
  running: 'dispatching',
  failed: 'dispatch_failed',
  done: 'dispatched',
  lapsed: 'expired',
};

function statusOf({ decision, phase, missing }: Life): Status {
  if (!decision) return missing.length > 0 ? 'awaiting_personas' : 'pending';
  return decision.outcome === 'approved' && phase !== null ? STATUS_OF_PHASE[phase] : decision.outcome;
}

/** Whether the event could follow, and has changed anything. */
function step(life: Life, event: Exclude<ApprovalEvent, { type: 'ApprovalRequested' }>): boolean {
  switch (event.type) {
    case 'PersonaAcknowledged':
      life.missing = life.missing.filter((name) => name !== event.data.persona);
      return true;
    case 'PersonaAcknowledgementWithdrawn':
      life.missing = life.personas.filter(
        (name) => name === event.data.persona || life.missing.includes(name),
      );
      return true;
    case 'ApprovalGranted':
      life.approvals.push(given(event.data));
      return true;
    case 'DenialGiven': {
      const { by, at, stage } = event.data;
      life.denials.push({ sub: by.sub, at, stage });
      // A voter who turns an approval into a denial takes the approval back.
      life.approvals = life.approvals.filter((vote) => vote.sub !== by.sub || vote.stage < life.stage);
      return true;
    }
    case 'StageCompleted':
      life.stage = event.data.stage + 1;
      return true;
    case 'ParametersOverridden':
      life.paramsHash = event.data.paramsHash;
      if (!event.data.material) return true;
      life.approvals = [];
      life.stage = 0;
      return true;
    case 'RequestEscalated':
      life.escalated++;
      return true;
    case 'BreakGlassInvoked':
    case 'BreakGlassReviewed':
      return true;
    case 'RequestApproved':
    case 'RequestDenied':
    case 'RequestCancelled':
    case 'RequestExpired':
      life.decision = decisionIn(event);
      return true;
    default:
      if (life.phase === null) return false;
      life.phase = phaseAfter(life.phase, event);
      return true;
  }
}

/** How far a plan has come after one more event of its dispatch. */
export function phaseAfter(before: DispatchPhase, { type }: DispatchEvent): DispatchPhase {
  switch (type) {
    case 'DispatchStarted':
      return 'running';
    case 'Dispatched':
      return 'done';
    case 'DispatchFailed':
      return 'failed';
    case 'ApprovalLapsed':
      return 'lapsed';
    default:
      return before;
  }
}

/** When an approval is good no longer for beginning a dispatch. RFC 3339, UTC, milliseconds, as everywhere. */
export function lapseOf(approvedAt: string, validForSec: number): string {
  return new Date(Date.parse(approvedAt) + validForSec * 1000).toISOString();
}

function given(data: ApprovalEventOf<'ApprovalGranted'>['data']): Given {
  const { by, at, stage, fills, note } = data;
  return { sub: by.sub, at, stage, via: by.via, fills, ...(note !== undefined && { note }) };
}

/** How the event ends the request; null when it does not. */
export function decisionIn(event: ApprovalEvent): Decision | null {
  switch (event.type) {
    case 'RequestApproved':
    case 'RequestDenied': {
      const { by, at, how, note } = event.data;
      const outcome = event.type === 'RequestApproved' ? 'approved' : 'denied';
      return { outcome, by: by.sub, at, how, ...(note !== undefined && { note }) };
    }
    case 'RequestCancelled': {
      const { by, at, reason } = event.data;
      return {
        outcome: 'cancelled',
        by: by.sub,
        at,
        how: 'requester',
        ...(reason !== undefined && { note: reason }),
      };
    }
    case 'RequestExpired':
      return { outcome: 'expired', by: event.data.by.sub, at: event.data.expiresAt, how: 'timeout' };
    default:
      return null;
  }
}
