import type { Answer, Known } from '@countersign/application';
import type { Approval, DispatchRun, StepState } from '@countersign/domain';
import type { CheckedLimits } from './limits.ts';
import type { DispatcherOptions, DispatchWork } from './types.ts';

/** A dispatch that this instance has claimed, as long as nobody has taken it over. */
export interface Hold extends DispatchWork {
  /** The request as it stood when this instance last wrote or was told. */
  known: Known;
}

/** What everything that carries a plan out works with. */
export interface Means extends Pick<DispatcherOptions, 'ledger' | 'connectors' | 'clock' | 'instance'> {
  readonly signals: NonNullable<DispatcherOptions['signals']>;
  readonly limits: CheckedLimits;
  /** When this dispatcher was made, in milliseconds since 1970. */
  readonly since: number;
  /** Lets others work until that time. */
  readonly rest: (until: number) => Promise<void>;
  /** No further call is begun. */
  readonly stopping: AbortSignal;
  /** Whoever stopped waits no longer: what is under way is left to the lease. */
  readonly abandoned: AbortSignal;
}

/** The hold that an answer to a claim gives to this instance; null where it gives none. */
export function holdOf(
  answer: Answer,
  { instance }: Pick<Means, 'instance'>,
  correlationId: string,
): Hold | null {
  if (!answer.ok || !answer.changed) return null;
  const { approval, revision, position } = answer;
  const run = heldRun(approval, instance);
  if (!run) return null;
  const { requestId } = approval.request;
  return { requestId, dispatch: run.dispatch, correlationId, known: { approval, revision, position } };
}

/** What signals tell of it. */
export function workOf({ requestId, dispatch, correlationId }: Hold): DispatchWork {
  return { requestId, dispatch, correlationId };
}

function heldRun({ dispatch }: Approval, instance: string): DispatchRun | null {
  return dispatch?.phase === 'running' && dispatch.run?.instance === instance ? dispatch.run : null;
}

/** The step to see to next; null when the dispatch has ended, or another instance goes on with it. */
export function nextStep(
  { known: { approval }, dispatch }: Hold,
  { instance }: Pick<Means, 'instance'>,
): { readonly index: number; readonly state: StepState } | null {
  if (heldRun(approval, instance)?.dispatch !== dispatch) return null;
  const steps = approval.dispatch?.steps ?? [];
  const index = steps.findIndex(({ status }) => status !== 'succeeded');
  const state = steps[index];
  return state ? { index, state } : null;
}

export function stepState({ known }: Hold, index: number): StepState | undefined {
  return known.approval.dispatch?.steps[index];
}

/** End of the lease, in milliseconds since 1970. */
export function leaseEnds({ known }: Hold): number {
  return Date.parse(known.approval.dispatch?.run?.until ?? '');
}

/** Whether a call begun now, and all that can come of it, would be over before the lease is. */
export function outlivesCall(hold: Hold, at: number, { callTimeoutMs, graceMs }: CheckedLimits): boolean {
  return leaseEnds(hold) - at >= callTimeoutMs + graceMs;
}
