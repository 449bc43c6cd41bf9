import type { LedgerSignals } from '@countersign/application';
import {
  type Approval,
  type ApprovalCommand,
  type ApprovalEvent,
  currentPlan,
  type JsonObject,
  type RefusalCode,
} from '@countersign/domain';
import { boundedLabel } from './bounded-label.ts';
import type { Definitions } from './definitions.ts';

type DispatchMetrics = Pick<
  Definitions,
  'dispatchSuccess' | 'dispatchFailure' | 'dispatchLatency' | 'consumeSuccess' | 'consumeConflict'
>;

/** Connectors are few; only an event of another version could name more. */
const MAX_CONNECTORS = 100;

/**
 * Counts the dispatches that this process claimed, and the steps whose outcome it recorded: once each, however many
 * tries a step took. Its duration is that of the last try.
 * @param connectors names that are shown from the start, at 0
 */
export function countDispatches(metrics: DispatchMetrics, connectors: readonly string[]): LedgerSignals {
  const connectorName = boundedLabel(MAX_CONNECTORS);
  for (const name of connectors) {
    const connector = connectorName(name);
    metrics.dispatchSuccess.inc({ connector }, 0);
    metrics.dispatchFailure.inc({ connector }, 0);
    metrics.dispatchLatency.zero({ connector });
  }

  function count(event: ApprovalEvent, before: Approval): void {
    if (event.type === 'DispatchStarted') metrics.consumeSuccess.inc();
    const ended = endedStep(event);
    if (!ended) return;
    const { request, params, dispatch } = before;
    const step = currentPlan(request, params as JsonObject).steps[ended.step];
    const connector = connectorName(step?.connector ?? '');
    (ended.isDone ? metrics.dispatchSuccess : metrics.dispatchFailure).inc({ connector });
    const { startedAt = null } = dispatch?.steps[ended.step] ?? {};
    if (startedAt !== null)
      metrics.dispatchLatency.observe({ connector }, secondsBetween(startedAt, event.data.at));
  }

  return {
    appended({ before, events }) {
      if (before) for (const event of events) count(event, before);
    },
    refused({ command, refusal }) {
      if (isConflict(command, refusal.code)) metrics.consumeConflict.inc();
    },
  };
}

/** The step that the event ends in its dispatch. One whose outcome nobody knows has failed as far as anybody can tell. */
function endedStep(event: ApprovalEvent): { readonly step: number; readonly isDone: boolean } | null {
  switch (event.type) {
    case 'StepSucceeded':
      return { step: event.data.step, isDone: true };
    case 'StepOutcomeUnknown':
      return { step: event.data.step, isDone: false };
    case 'StepFailed':
      return event.data.retryAt === undefined ? { step: event.data.step, isDone: false } : null;
    default:
      return null;
  }
}

/** Whether somebody else had claimed the dispatch first. */
export function isConflict(command: ApprovalCommand['type'], code: RefusalCode): boolean {
  return command === 'StartDispatch' && (code === 'already_dispatching' || code === 'already_dispatched');
}

/** Instances' clocks differ by a little: never less than nothing. */
function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}
