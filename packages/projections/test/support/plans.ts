import { type JsonObject, type Plan, type PlanStep, planFor, planHashOf } from '@countersign/domain';

/** Two steps that are filled in from what `ask` asks for. */
export const TEMPLATES: PlanStep[] = [
  { connector: 'github', operation: 'open_issue', input: { title: 'resize {{payload.target}}' } },
  { connector: 'webhook', operation: 'post', input: { body: { size: '{{payload.size}}' } } },
];

export interface PlanAsked extends Pick<Partial<Plan>, 'mode' | 'validForSec' | 'notBefore'> {
  /** The caller brings the steps, as literals. */
  readonly callers?: boolean;
}

/** Parameters and plan of a request that has one. */
export function withPlan(
  params: JsonObject,
  { callers = false, mode = 'manual', validForSec, notBefore }: PlanAsked,
): { params: JsonObject; dispatch: Plan } {
  const step: PlanStep = { connector: 'webhook', operation: 'post', input: { body: 'as I say' } };
  const whole = callers ? { ...params, steps: [step as unknown as JsonObject] } : params;
  const steps = callers ? undefined : TEMPLATES;
  const dispatch: Plan = {
    ...(steps && { steps: steps as NonNullable<Plan['steps']> }),
    planHash: planHashOf(planFor(steps, whole).steps, whole),
    mode,
    ...(validForSec !== undefined && { validForSec }),
    ...(notBefore !== undefined && { notBefore }),
  };
  return { params: whole, dispatch };
}
