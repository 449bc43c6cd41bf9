import type { InputFault, PlanStep } from '@countersign/domain';
import { call } from './call.ts';
import type { Means } from './hold.ts';
import { type Opened, openStep, type Unfit } from './step.ts';
import type { DryRun, DryRunStep } from './types.ts';

type DryMeans = Pick<Means, 'ledger' | 'connectors' | 'limits'>;
type Would = Pick<DryRunStep, 'faults' | 'summary' | 'details'>;

/** Stands where a request's own key would. */
const NO_KEY = '00000000-0000-0000-0000-000000000000';

/** @returns null when there is no such request, or it has no plan. @throws LedgerUnavailable */
export async function dryRunPlan(requestId: string, means: DryMeans): Promise<DryRun | null> {
  const known = await means.ledger.load(requestId);
  const plan = known?.approval.dispatch;
  if (!known || !plan) return null;
  const steps = plan.steps.map(async ({ status }, index): Promise<DryRunStep> => {
    const { connector, operation, opened } = await openStep({ known }, index, means);
    return { connector, operation, isDone: status === 'succeeded', ...(await wouldDo(opened, means)) };
  });
  return { planHash: plan.planHash, steps: await Promise.all(steps) };
}

/** Of steps that are nobody's yet. */
export async function dryRunSteps(steps: readonly PlanStep[], means: DryMeans): Promise<DryRun> {
  const run = steps.map(async ({ connector, operation, input }): Promise<DryRunStep> => {
    const to = means.connectors.find(({ name }) => name === connector);
    const opened: Opened | Unfit = to
      ? { to, call: { operation, input, idempotencyKey: NO_KEY }, mask: (value) => value }
      : { unfit: `there is no connector "${connector}" here`, transient: true };
    return { connector, operation, isDone: false, ...(await wouldDo(opened, means)) };
  });
  return { steps: await Promise.all(run) };
}

async function wouldDo(opened: Opened | Unfit, { limits }: DryMeans): Promise<Would> {
  if ('unfit' in opened) return couldNot([{ pointer: '', detail: opened.unfit }]);
  const { to, call: wanted, mask } = opened;
  const told = await call(async (signal): Promise<Would> => {
    const faults = to.validate(wanted.operation, wanted.input);
    if (faults.length > 0)
      return couldNot(faults.map(({ pointer, detail }) => ({ pointer, detail: mask(detail) })));
    const { summary, details } = await to.dryRun({ ...wanted, signal });
    return { faults: [], summary: mask(summary), details: mask(details) };
  }, limits);
  if (told.came === 'answer') return told.answer;
  const why =
    told.came === 'nothing' ? `gave no answer within ${limits.callTimeoutMs} ms` : told.error.message;
  return couldNot([{ pointer: '', detail: `${to.name} ${why} when asked what it would do` }]);
}

function couldNot(faults: readonly InputFault[]): Would {
  return { faults, summary: null, details: null };
}
