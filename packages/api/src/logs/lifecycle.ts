import type { Followed, LedgerSignals } from '@countersign/application';
import {
  type Approval,
  type ApprovalCommand,
  type ApprovalEvent,
  type DispatchEvent,
  isAttempt,
  type RefusalCode,
} from '@countersign/domain';
import type { Logger } from 'pino';
import { isConflict } from '../metrics/from-dispatches.ts';
import { currentTraceId } from '../tracing/http.ts';
import { logContext } from './context.ts';

/**
 * One line for every step of every request, under the scope that operators search for. Facts only: no parameters,
 * no justification, no note, which may hold anything.
 */
export function lifecycleLog(logger: Logger): LedgerSignals {
  return {
    appended({ after, events, correlationId, traceId }) {
      for (const event of events) {
        const { scope, level = 'info', ...facts } = describe(event, after);
        logger[level]({ scope, ...requestFacts(after), ...facts, ...followed({ correlationId, traceId }) });
      }
    },
    refused({ command, refusal, approval, correlationId, traceId }) {
      const { scope, level } = describeRefusal(command, refusal.code);
      const facts = { command, rule: refusal.code, ...(approval && requestFacts(approval)) };
      logger[level]({ scope, ...facts, ...followed({ correlationId, traceId }) });
    },
    policyActivated({ hash, source, own }) {
      logger.info({ scope: 'policy_reloaded', policyHash: hash, source, own, ...followed() });
    },
    failed({ what, error }) {
      logger.error({ scope: 'ledger.failed', what, err: error, ...followed() });
    },
  };
}

interface StepFacts {
  readonly scope: string;
  readonly correlationId?: string;
  readonly [fact: string]: unknown;
}

/** One line of a step that no signal tells of, with what leads to the others of the same work. */
export function logStep(
  logger: Logger,
  level: 'info' | 'warn' | 'error',
  { correlationId, ...facts }: StepFacts,
): void {
  logger[level]({ ...facts, ...followed(correlationId === undefined ? {} : { correlationId }) });
}

function describeRefusal(command: ApprovalCommand['type'], code: RefusalCode) {
  if (isAttempt(code)) return { scope: 'unauthorized_attempt', level: 'warn' } as const;
  if (isConflict(command, code)) return { scope: 'consume_for_dispatch.conflict', level: 'warn' } as const;
  return { scope: 'command.refused', level: 'debug' } as const;
}

interface Line {
  readonly scope: string;
  readonly level?: 'info' | 'warn';
  readonly [fact: string]: unknown;
}

function describe(event: ApprovalEvent, { request }: Approval): Line {
  switch (event.type) {
    case 'ApprovalRequested': {
      const scope = request.channel === 'gate' ? 'pj.execute.approval_created' : 'guard.request.created';
      return {
        scope,
        by: event.data.by.sub,
        expiresAt: event.data.expiresAt,
        policyHash: event.data.policyHash,
      };
    }
    case 'PersonaAcknowledged':
      return { scope: 'approval.persona_acknowledged', by: event.data.by.sub, persona: event.data.persona };
    case 'PersonaAcknowledgementWithdrawn':
      return { scope: 'approval.persona_withdrawn', by: event.data.by.sub, persona: event.data.persona };
    case 'ApprovalGranted':
      return {
        scope: 'approval.granted',
        by: event.data.by.sub,
        stage: event.data.stage,
        via: event.data.by.via,
      };
    case 'DenialGiven':
      return { scope: 'approval.denial_given', by: event.data.by.sub, stage: event.data.stage };
    case 'StageCompleted':
      return { scope: 'approval.stage_completed', stage: event.data.stage, name: event.data.name };
    case 'ParametersOverridden':
      return { scope: 'approval.params_overridden', by: event.data.by.sub, ...overridden(event.data) };
    case 'RequestApproved':
      return { scope: 'approval.decided', outcome: 'approved', by: event.data.by.sub, how: event.data.how };
    case 'RequestDenied':
      return { scope: 'approval.decided', outcome: 'denied', by: event.data.by.sub, how: event.data.how };
    case 'RequestCancelled':
      return { scope: 'approval.decided', outcome: 'cancelled', by: event.data.by.sub };
    case 'RequestExpired':
      return { scope: 'request_expired', outcome: 'expired', expiresAt: event.data.expiresAt };
    case 'RequestEscalated':
      return { scope: 'request_escalated', rung: event.data.rung, dueAt: event.data.dueAt };
    case 'BreakGlassInvoked':
      return {
        scope: 'approval.break_glass',
        level: 'warn',
        by: event.data.by.sub,
        outcome: event.data.status,
      };
    case 'BreakGlassReviewed':
      return { scope: 'approval.break_glass_reviewed', by: event.data.by.sub };
    default:
      return describeDispatch(event);
  }
}

function describeDispatch(event: DispatchEvent): Line {
  switch (event.type) {
    case 'DispatchStarted':
    case 'DispatchResumed': {
      const scope =
        event.type === 'DispatchStarted' ? 'approval.dispatch.started' : 'approval.dispatch.resumed';
      const { by, dispatch, instance, until } = event.data;
      return { scope, by: by.sub, dispatch, instance, until };
    }
    case 'StepStarted': {
      const { dispatch, step, try: nth, connector, operation } = event.data;
      return { scope: 'approval.dispatch.step_started', dispatch, step, try: nth, connector, operation };
    }
    case 'StepSucceeded': {
      const { dispatch, step, reconciled } = event.data;
      return { scope: 'approval.dispatch.step_succeeded', dispatch, step, reconciled };
    }
    case 'StepFailed': {
      const { dispatch, step, try: nth, transient, retryAt } = event.data;
      return {
        scope: 'approval.dispatch.step_failed',
        level: 'warn',
        dispatch,
        step,
        try: nth,
        transient,
        retryAt,
      };
    }
    case 'StepOutcomeUnknown': {
      const { dispatch, step } = event.data;
      return { scope: 'approval.dispatch.step_outcome_unknown', level: 'warn', dispatch, step };
    }
    case 'StepSettled': {
      const { by, step, outcome } = event.data;
      return { scope: 'approval.dispatch.step_settled', by: by.sub, step, outcome };
    }
    case 'Dispatched':
      return { scope: 'approval.dispatch.completed', dispatch: event.data.dispatch };
    case 'DispatchFailed': {
      const { dispatch, step, outcomeUnknown } = event.data;
      return { scope: 'approval.dispatch.failed', level: 'warn', dispatch, step, outcomeUnknown };
    }
    case 'ApprovalLapsed':
      return { scope: 'approval.lapsed', validUntil: event.data.validUntil };
  }
}

/** Which parameters were edited, never what they hold. */
function overridden({
  diff,
  material,
  planRevision,
}: {
  diff: readonly { key: string }[];
  material: boolean;
  planRevision: number;
}) {
  return { keys: diff.map(({ key }) => key), material, planRevision };
}

function requestFacts({ request }: Approval) {
  const { requestId, tenant, action, policyKey, channel } = request;
  return { requestId, tenant, action, policyKey, channel };
}

/**
 * What leads from one line to all others of the same work. The request's own trace, which outlives the HTTP call, wins
 * over the call's.
 */
function followed(
  work: { correlationId?: string; traceId?: string | undefined } = {},
): Partial<Followed> & { subject?: string } {
  const context = logContext();
  const subject = context?.subject();
  const correlationId = work.correlationId ?? context?.correlationId;
  const traceId = work.traceId ?? currentTraceId();
  return {
    ...(correlationId !== undefined && { correlationId }),
    ...(subject !== undefined && { subject }),
    ...(traceId !== undefined && { traceId }),
  };
}
