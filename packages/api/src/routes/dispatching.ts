import { type Known, timestamp } from '@countersign/application';
import type { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import type { PlanDispatcher, PlanDryRun } from '../dispatcher.ts';
import { plannedOf, presentApproval } from '../present/approval.ts';
import type { PresentedApproval } from '../present/approval-schema.ts';
import { openedParams } from '../present/params.ts';
import { dispatchResultOf } from '../present/plan.ts';
import type { DispatchResultSchema, DryRunResult } from '../present/plan-schema.ts';
import { Problem } from '../problems/problem.ts';

/** What the routes that have plans carried out have in common. */

/** @throws Problem 503 `dispatcher_absent` */
export function dispatcherOf({ dispatcher }: Pick<ApiDeps, 'dispatcher'>): PlanDispatcher {
  if (dispatcher) return dispatcher;
  throw new Problem('dispatcher_absent', 'this server has nothing that carries plans out; ask another one');
}

/** The request as it stands, and how its plan does. */
export async function presentDispatched(
  { keys, clock }: Pick<ApiDeps, 'keys' | 'clock'>,
  known: Known,
): Promise<PresentedApproval & { readonly dispatchResult: z.infer<typeof DispatchResultSchema> | null }> {
  const params = await openedParams(keys, known.approval);
  const planned = plannedOf(known.approval, params);
  const dispatchResult = planned && dispatchResultOf(planned);
  return { ...presentApproval(known, timestamp(clock), params), dispatchResult };
}

/** @param faults what stands against the plan as a whole; its steps were not asked about then */
export function presentDryRun({ planHash, steps }: PlanDryRun, faults: DryRunResult['faults']): DryRunResult {
  return {
    dryRun: true,
    success: faults.length === 0 && steps.every((step) => step.faults.length === 0),
    ...(planHash !== undefined && { planHash }),
    faults,
    steps: steps.map(({ faults: stepFaults, ...step }, index) => ({
      step: index,
      ...step,
      faults: stepFaults.map(({ pointer, detail }) => ({ pointer, detail })),
    })),
  };
}
