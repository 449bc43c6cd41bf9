import { z } from 'zod';
import { AnyJson, HashText, Instant, Params } from './shapes.ts';

/** Of what is carried out once a request is approved. */

export const PlanStepSchema = z.strictObject({
  connector: z.string(),
  operation: z.string(),
  input: Params,
});

const StepIndex = z.int().min(0).meta({ description: 'place in the plan, from 0 on' });

export const StepResultSchema = z
  .strictObject({
    step: StepIndex,
    connector: z.string(),
    operation: z.string(),
    idempotencyKey: z.string().meta({ description: 'what the outside system can know the step by again' }),
    status: z.enum(['waiting', 'started', 'retrying', 'succeeded', 'failed', 'unknown']),
    tries: z.int(),
    startedAt: Instant.nullable(),
    endedAt: Instant.nullable(),
    retryAt: Instant.nullable(),
    result: Params.nullable().meta({ description: 'URLs and ids, as the connector told them' }),
    reconciled: z.boolean().meta({ description: 'its answer was lost, and it was found done' }),
    error: z.string().nullable(),
    settled: z
      .strictObject({
        by: z.string(),
        at: Instant,
        outcome: z.enum(['succeeded', 'failed']),
        note: z.string(),
      })
      .nullable(),
  })
  .meta({ id: 'StepResult' });

/** Also what `dispatch_result_json` holds, as text. */
export const DispatchResultSchema = z
  .strictObject({
    dryRun: z.literal(false),
    success: z.boolean().meta({ description: 'every step has succeeded' }),
    status: z.enum(['dispatching', 'dispatched', 'dispatch_failed']),
    dispatch: z.int().meta({ description: '1 for the first dispatch of the request' }),
    planHash: HashText,
    by: z.string(),
    startedAt: Instant,
    completedAt: Instant.nullable(),
    failure: z
      .strictObject({ step: StepIndex, error: z.string(), outcomeUnknown: z.boolean() })
      .nullable()
      .meta({ description: 'with `outcomeUnknown` the step has to be settled by a person' }),
    steps: z.array(StepResultSchema),
  })
  .meta({ id: 'DispatchResult' });

const FaultSchema = z.strictObject({ pointer: z.string(), detail: z.string() });

export const DryRunStepSchema = z.strictObject({
  step: StepIndex,
  connector: z.string(),
  operation: z.string(),
  isDone: z.boolean().meta({ description: 'it has succeeded, and would not be carried out again' }),
  summary: z.string().nullable().meta({ description: 'what would be done; null where nothing could be' }),
  details: AnyJson,
  faults: z
    .array(FaultSchema)
    .meta({ description: "what stands against it; pointers into the step's input" }),
});

/** What would be done, were the plan carried out now. */
export const DryRunResultSchema = z
  .strictObject({
    dryRun: z.literal(true),
    success: z.boolean().meta({ description: 'nothing stands against it' }),
    planHash: HashText.optional(),
    faults: z.array(FaultSchema).meta({
      description: 'what stands against the plan; pointers into the body, or the plan of the policy',
    }),
    steps: z.array(DryRunStepSchema),
  })
  .meta({ id: 'DryRunResult' });
export type DryRunResult = z.infer<typeof DryRunResultSchema>;
