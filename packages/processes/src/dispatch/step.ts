import { LedgerUnavailable, type OpenedPlan } from '@countersign/application';
import { type Connector, type ConnectorCall, currentPlan, type JsonObject } from '@countersign/domain';
import type { Hold, Means } from './hold.ts';
import { type Mask, maskFor } from './personal.ts';

/** A step, and what its connector is called by. */
export interface Step {
  readonly index: number;
  readonly connector: string;
  readonly operation: string;
  /** With personal values readable: for the time of one call, and never kept. */
  readonly opened: Opened | Unfit;
}

export interface Opened {
  readonly to: Connector;
  readonly call: Omit<ConnectorCall, 'signal'>;
  /** Belongs before anything that comes back. */
  readonly mask: Mask;
}

/** Why it can't be called. */
export interface Unfit {
  readonly unfit: string;
  /** It may be possible later. */
  readonly transient: boolean;
}

/** @throws LedgerUnavailable */
export async function openStep(
  { known }: Pick<Hold, 'known'>,
  index: number,
  { ledger, connectors }: Pick<Means, 'ledger' | 'connectors'>,
): Promise<Step> {
  const { request, params } = known.approval;
  const { connector = '', operation = '', input = {} } = currentPlan(request, params).steps[index] ?? {};
  const to = connectors.find(({ name }) => name === connector);
  const of = { index, connector, operation };
  // Another instance may have it: while a new version is rolled out they differ.
  if (!to) return { ...of, opened: { unfit: `there is no connector "${connector}" here`, transient: true } };
  try {
    const found = stepOf(await ledger.openPlan(known.approval), index);
    if ('unfit' in found) return { ...of, opened: found };
    const { idempotencyKey } = found;
    const call = { operation, input: found.input as JsonObject, idempotencyKey };
    return { ...of, opened: { to, call, mask: maskFor(input, call.input) } };
  } catch (error) {
    if (error instanceof LedgerUnavailable) throw error;
    return { ...of, opened: { unfit: 'its personal values could not be opened', transient: true } };
  }
}

function stepOf(plan: OpenedPlan | null, index: number): OpenedPlan['steps'][number] | Unfit {
  const faults = plan?.faults.filter(({ step }) => step === index) ?? [];
  const step = plan?.steps[index];
  if (step && faults.length === 0) return step;
  const unfit = faults.map(({ param = '', detail }) => `${param} ${detail}`.trim()).join('; ');
  return { unfit: unfit || 'the plan has no such step', transient: false };
}
