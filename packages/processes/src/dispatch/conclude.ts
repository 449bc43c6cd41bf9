import type { CallOutcome, StepReport } from '@countersign/domain';
import { type Hold, type Means, stepState, workOf } from './hold.ts';
import { record } from './record.ts';
import { retryOf } from './retry.ts';
import type { Step } from './step.ts';

/** What a try came to, with personal values masked. `unknown`: nobody can tell, and a person has to. */
export type Conclusion = CallOutcome & { readonly reconciled?: boolean };

/**
 * Puts on the record what the try under way came to, and tells of it.
 * @param began when the try did, in milliseconds since 1970
 * @returns and throws as `record` does
 */
export async function conclude(
  hold: Hold,
  step: Step,
  conclusion: Conclusion,
  began: number,
  means: Means,
): Promise<boolean> {
  const report = reportOf(hold, step.index, conclusion, means);
  const seconds = Math.max(0, means.clock() - began) / 1000;
  if (!(await record(hold, report, means))) return false;
  tellOfStep(step, report, seconds, means);
  tellOfEnd(hold, means);
  return true;
}

function reportOf(hold: Hold, step: number, conclusion: Conclusion, { clock, limits }: Means): StepReport {
  switch (conclusion.outcome) {
    case 'succeeded':
      return {
        what: 'succeeded',
        step,
        result: conclusion.result,
        reconciled: conclusion.reconciled ?? false,
      };
    case 'failed': {
      const nth = stepState(hold, step)?.tries ?? 0;
      const { error, transient } = conclusion;
      const retry = retryOf(conclusion, nth, clock(), limits);
      return { what: 'failed', step, try: nth, error, transient, ...(retry && { retry }) };
    }
    case 'unknown':
      return { what: 'unknown', step, error: conclusion.error };
  }
}

function tellOfStep(
  { connector, operation }: Step,
  report: StepReport,
  seconds: number,
  { signals }: Means,
): void {
  const done = { connector, operation, seconds };
  if (report.what === 'succeeded') signals.stepSucceeded?.({ ...done, reconciled: report.reconciled });
  else signals.stepFailed?.({ ...done, again: report.what === 'failed' && report.retry !== undefined });
}

function tellOfEnd(hold: Hold, { signals }: Means): void {
  const { phase, failure } = hold.known.approval.dispatch ?? {};
  if (phase === 'done') signals.completed?.(workOf(hold));
  if (phase !== 'failed' || !failure) return;
  const { step, error, outcomeUnknown } = failure;
  signals.failed?.({ ...workOf(hold), step, error, outcomeUnknown });
}
