import type { ApprovalEvent, ApprovalEventOf, Decision, Status, Via } from '@countersign/domain';

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
    paramsHash: request.paramsHash,
    updatedAt: request.at,
  };
}

/** One more event. A second `ApprovalRequested` changes nothing. */
export function continueLife(life: Life, event: ApprovalEvent): void {
  if (event.type === 'ApprovalRequested') return;
  life.updatedAt = event.data.at;
  step(life, event);
  life.status = life.decision?.outcome ?? (life.missing.length > 0 ? 'awaiting_personas' : 'pending');
}

function step(life: Life, event: Exclude<ApprovalEvent, { type: 'ApprovalRequested' }>): void {
  switch (event.type) {
    case 'PersonaAcknowledged':
      life.missing = life.missing.filter((name) => name !== event.data.persona);
      return;
    case 'PersonaAcknowledgementWithdrawn':
      life.missing = life.personas.filter(
        (name) => name === event.data.persona || life.missing.includes(name),
      );
      return;
    case 'ApprovalGranted':
      life.approvals.push(given(event.data));
      return;
    case 'DenialGiven': {
      const { by, at, stage } = event.data;
      life.denials.push({ sub: by.sub, at, stage });
      // A voter who turns an approval into a denial takes the approval back.
      life.approvals = life.approvals.filter((vote) => vote.sub !== by.sub || vote.stage < life.stage);
      return;
    }
    case 'StageCompleted':
      life.stage = event.data.stage + 1;
      return;
    case 'ParametersOverridden':
      life.paramsHash = event.data.paramsHash;
      if (!event.data.material) return;
      life.approvals = [];
      life.stage = 0;
      return;
    case 'RequestEscalated':
      life.escalated++;
      return;
    default: {
      const decision = decisionIn(event);
      if (decision) life.decision = decision;
    }
  }
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
