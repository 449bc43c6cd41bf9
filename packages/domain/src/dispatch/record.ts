import type { ApprovalEvent } from '../approval/events.ts';
import { accepted, type Outcome, refused, UNCHANGED } from '../approval/outcome.ts';
import type { Approval } from '../approval/state.ts';
import { boundedError, boundedResult } from './bounds.ts';
import { DISPATCHER, type RecordStep, type StepReport } from './commands.ts';
import { currentPlan } from './current-plan.ts';
import type { Dispatch, DispatchRun, StepState } from './state.ts';
import { stepKey } from './step-key.ts';

/**
 * Records what an instance tells of a step. A holder whose lease has run out may still do so while nobody has resumed:
 * what it tells has happened all the same, and what it is about to do renews the lease at the expected revision.
 */
export function recordStep(command: RecordStep, state: Approval): Outcome {
  const { report, dispatch: number, instance } = command;
  const { dispatch } = state;
  const step = dispatch?.steps[report.step];
  const isHolder = dispatch?.run?.dispatch === number && dispatch.run.instance === instance;
  if (!dispatch?.run || !step || !isHolder) return lost();
  if (isRecorded(report, step)) return UNCHANGED;
  if (dispatch.phase !== 'running' || !mayFollow(report, dispatch, step)) return lost();
  return accepted(...eventsOf(command, state, dispatch, dispatch.run));
}

function lost(): Outcome {
  return refused('lease_lost', 'the dispatch is no longer held by this instance, or has gone on without it');
}

/** The same report again, since its answer was lost. */
function isRecorded(report: StepReport, step: StepState): boolean {
  switch (report.what) {
    case 'started':
      return step.status === 'started' && step.tries === report.try;
    case 'succeeded':
      return step.status === 'succeeded';
    case 'failed':
      return (step.status === 'failed' || step.status === 'retrying') && step.tries === report.try;
    case 'unknown':
      return step.status === 'unknown';
  }
}

/** Steps go one by one. One is started only while it is certainly not done; its outcome follows its start. */
function mayFollow(report: StepReport, { steps }: Dispatch, step: StepState): boolean {
  if (report.what !== 'started')
    return step.status === 'started' && (report.what !== 'failed' || report.try === step.tries);
  const isNext = report.step === steps.findIndex(({ status }) => status !== 'succeeded');
  const mayStart = step.status === 'waiting' || step.status === 'retrying';
  return isNext && mayStart && report.try === step.tries + 1;
}

function eventsOf(
  { now: at, requestId, report }: RecordStep,
  { request, params }: Approval,
  { planHash, steps }: Dispatch,
  { dispatch }: DispatchRun,
): ApprovalEvent[] {
  const { step } = report;
  const here = { at, by: DISPATCHER, dispatch, step };
  switch (report.what) {
    case 'started': {
      const { connector = '', operation = '' } = currentPlan(request, params).steps[step] ?? {};
      const idempotencyKey = stepKey(requestId, planHash, step);
      const { try: nth, until } = report;
      const data = { ...here, try: nth, connector, operation, idempotencyKey, until };
      return [{ type: 'StepStarted', data }];
    }
    case 'succeeded': {
      const data = { ...here, result: boundedResult(report.result), reconciled: report.reconciled };
      const succeeded: ApprovalEvent = { type: 'StepSucceeded', data };
      if (step + 1 < steps.length) return [succeeded];
      return [succeeded, { type: 'Dispatched', data: { at, by: DISPATCHER, dispatch, planHash } }];
    }
    case 'failed': {
      const { try: nth, transient, retry } = report;
      const error = boundedError(report.error);
      const again = retry && { retryAt: retry.at, until: retry.until };
      const failed: ApprovalEvent = {
        type: 'StepFailed',
        data: { ...here, try: nth, error, transient, ...again },
      };
      return again
        ? [failed]
        : [failed, { type: 'DispatchFailed', data: { ...here, error, outcomeUnknown: false } }];
    }
    case 'unknown': {
      const error = boundedError(report.error);
      return [
        { type: 'StepOutcomeUnknown', data: { ...here, error } },
        { type: 'DispatchFailed', data: { ...here, error, outcomeUnknown: true } },
      ];
    }
  }
}
