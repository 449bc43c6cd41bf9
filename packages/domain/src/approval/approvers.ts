import type { PersonId, Via } from '../principal.ts';
import type { Approval } from './state.ts';

/** An approval that stands, as answers and callbacks show it. */
export interface Approver {
  readonly [key: string]: string;
  readonly sub: PersonId;
  readonly at: string;
  /** Name of the stage. */
  readonly stage: string;
  readonly via: Via;
}

/** The approvals that stand, in the order given. */
export function approversOf({ approvals, request }: Approval): Approver[] {
  return approvals.map(({ by, at, stage, via }) => ({
    sub: by,
    at,
    stage: request.slate.stages[stage]?.name ?? String(stage),
    via,
  }));
}
