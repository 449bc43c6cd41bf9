import type { Ask, AskedPlan, Context } from '@countersign/application';
import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import type { PlanDryRun } from '../dispatcher.ts';
import { DryRunResultSchema, PlanStepSchema } from '../present/plan-schema.ts';
import { Instant } from '../present/shapes.ts';
import { dispatcherOf, presentDryRun } from './dispatching.ts';
import { inPayload, refused } from './pj-payload.ts';

export const DryRunAnswer = z.strictObject({
  success: z.literal(true),
  data: z.strictObject({
    mode: z.literal('dry-run'),
    wouldNeedApproval: z.boolean().meta({ description: 'somebody would have to approve it first' }),
    plan: z.array(PlanStepSchema).nullable().meta({ description: 'filled in as far as that is possible' }),
    notBefore: Instant.nullable(),
    dispatchResult: DryRunResultSchema.nullable().meta({ description: 'null where nothing would be done' }),
  }),
});

/**
 * What asking would lead to: nothing is recorded, and nobody has to approve it. What stands against the plan, a
 * parameter that is missing among it, is part of the answer.
 * @throws Problem for what could not be asked at all
 */
export async function tellWhatWouldBeDone(
  deps: ApiDeps,
  ask: Ask,
  context: Context,
): Promise<z.output<typeof DryRunAnswer>> {
  const preview = deps.ledger.preview(ask, context);
  if (!preview.ok) throw refused(preview.refusal, deps);
  const { plan, isGoverned } = preview;
  return {
    success: true,
    data: {
      mode: 'dry-run',
      wouldNeedApproval: isGoverned,
      plan: plan && [...plan.steps],
      notBefore: plan?.notBefore ?? null,
      dispatchResult:
        plan && presentDryRun((await dryRunOf(deps, plan)) ?? unasked(plan), inPayload(plan.faults)),
    },
  };
}

/** Connectors are asked only about a plan that is whole: half of one would be told as if it were meant. */
async function dryRunOf(deps: ApiDeps, { steps, faults }: AskedPlan): Promise<PlanDryRun | null> {
  return faults.length === 0 ? dispatcherOf(deps).dryRun(steps) : null;
}

function unasked({ steps }: AskedPlan): PlanDryRun {
  return {
    steps: steps.map(({ connector, operation }) => ({
      ...{ connector, operation },
      isDone: false,
      faults: [],
      summary: null,
      details: null,
    })),
  };
}
