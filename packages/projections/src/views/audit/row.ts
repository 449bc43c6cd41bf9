import type { ApprovalEvent, AttemptEvent, LineageEvent, PolicyEvent } from '@countersign/domain';
import type { RecordedEvent } from '@countersign/event-store';
import type { Subject } from './subjects.ts';

/** Values in the order of the table's columns. */
export type Row = readonly (string | number | null)[];

interface Said {
  readonly at: string;
  readonly tenant: string;
  readonly requestId: string | null;
  readonly actor: string;
  readonly actorKind: string | null;
  readonly via: string | null;
  readonly detail: string | null;
  readonly policyHash?: string | null;
  readonly action?: string | null;
}

export function approvalRow(recorded: RecordedEvent, event: ApprovalEvent, subject: Subject): Row {
  const { at, by } = event.data;
  const { tenant, requestId } = subject;
  const said = {
    at,
    tenant,
    requestId,
    actor: by.sub,
    actorKind: by.kind,
    via: by.via,
    detail: detailOf(event),
  };
  return row(recorded, said, subject);
}

export function attemptRow(
  recorded: RecordedEvent,
  { data }: AttemptEvent,
  subject: Subject | undefined,
): Row {
  const { at, by, requestId, tenant, command, rule } = data;
  const who = { actor: by.sub, actorKind: by.kind, via: by.via };
  return row(recorded, { at, tenant, requestId, ...who, detail: `${command}: ${rule}` }, subject);
}

/** @param previous the request that is repeated; the new one has no event yet */
export function lineageRow(
  recorded: RecordedEvent,
  { data }: LineageEvent,
  previous: Subject | undefined,
): Row {
  const { at, by, requestId, previousRequestId } = data;
  return row(recorded, {
    at,
    tenant: previous?.tenant ?? '',
    requestId,
    actor: by,
    actorKind: null,
    via: null,
    detail: `repeats ${previousRequestId}`,
    action: previous?.action ?? null,
  });
}

export function policyRow(recorded: RecordedEvent, { data }: PolicyEvent): Row {
  const { at, by, source, hash, file } = data;
  return row(recorded, {
    at,
    tenant: '',
    requestId: null,
    actor: by,
    actorKind: null,
    via: source,
    detail: file,
    policyHash: hash,
  });
}

function row(recorded: RecordedEvent, said: Said, subject?: Subject): Row {
  const metadata = JSON.parse(recorded.metadata) as { correlationId?: string; traceparent?: string };
  const life = subject?.life;
  return [
    recorded.position,
    recorded.id,
    recorded.stream,
    recorded.revision,
    said.at,
    said.tenant,
    said.requestId,
    recorded.type,
    subject?.action ?? said.action ?? null,
    life?.status ?? null,
    said.actor,
    said.actorKind,
    said.via,
    subject?.policyHash ?? said.policyHash ?? null,
    life?.paramsHash ?? null,
    life?.decision?.outcome ?? null,
    life && life.approvals.length > 0 ? JSON.stringify(life.approvals.map(({ sub }) => sub)) : '[]',
    said.detail,
    metadata.correlationId ?? null,
    // version-trace-span-flags (W3C trace context)
    metadata.traceparent?.split('-')[1] ?? null,
  ];
}

function detailOf(event: ApprovalEvent): string | null {
  switch (event.type) {
    case 'DispatchStarted':
    case 'DispatchResumed':
      return `dispatch ${event.data.dispatch} by instance ${event.data.instance}`;
    case 'Dispatched':
      return `dispatch ${event.data.dispatch}`;
    case 'StepStarted': {
      const { step, connector, operation, try: nth } = event.data;
      return `step ${step}, try ${nth}: ${connector} ${operation}`;
    }
    case 'StepSucceeded':
      return `step ${event.data.step}${event.data.reconciled ? ', found done' : ''}`;
    case 'StepFailed':
    case 'StepOutcomeUnknown':
    case 'DispatchFailed':
      return `step ${event.data.step}: ${event.data.error}`;
    case 'StepSettled':
      return `step ${event.data.step} ${event.data.outcome}: ${event.data.note}`;
    case 'ApprovalLapsed':
      return `good until ${event.data.validUntil}`;
    case 'ApprovalRequested':
      return event.data.justification ?? null;
    case 'PersonaAcknowledged':
    case 'PersonaAcknowledgementWithdrawn':
      return event.data.persona;
    case 'StageCompleted':
      return event.data.name;
    case 'RequestCancelled':
    case 'BreakGlassInvoked':
      return event.data.reason ?? null;
    case 'RequestEscalated':
      return `rung ${event.data.rung}`;
    case 'ParametersOverridden':
      return event.data.diff.map(({ key }) => key).join(', ');
    default:
      return 'note' in event.data ? (event.data.note ?? null) : null;
  }
}
