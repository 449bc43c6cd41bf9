import {
  type Approval,
  assign,
  type Decision,
  evolve,
  TIMER,
  type Vote,
  validUntil,
} from '@countersign/domain';
import type { z } from 'zod';
import type { ApproverSchema, DecisionSchema, PersonaProgressSchema, ProgressSchema } from './shapes.ts';

/** Parts of a request that more than one answer shows. */

/**
 * The request as it must read at a moment: past its deadline it is expired, and so is an approval that was not used in
 * time, even while no event says so.
 */
export function asSeenAt(approval: Approval, now: string): Approval {
  const at = runsOutAt(approval);
  if (at === null || now < at) return approval;
  const event = approval.decision
    ? ({ type: 'ApprovalLapsed', data: { at, by: TIMER, validUntil: at } } as const)
    : ({ type: 'RequestExpired', data: { at, by: TIMER, expiresAt: at } } as const);
  return evolve(approval, event) as Approval;
}

/** When the request reads expired from, should nothing happen before; null when that can't happen any more. */
export function runsOutAt(approval: Approval): string | null {
  if (!approval.decision) return approval.request.expiresAt;
  return approval.dispatch?.phase === 'idle' ? validUntil(approval) : null;
}

export function decisionOf({ outcome, by, at, note }: Decision): z.infer<typeof DecisionSchema> {
  return { outcome, by, at, ...(note !== undefined && { note }) };
}

/** The approvals that stand, in the order given. */
export function approversOf({ approvals, request }: Approval): z.infer<typeof ApproverSchema>[] {
  return approvals.map(({ by, at, stage, via }) => ({
    sub: by,
    at,
    stage: request.slate.stages[stage]?.name ?? String(stage),
    via,
  }));
}

export function personasOf({ acknowledgements, request }: Approval): z.infer<typeof PersonaProgressSchema>[] {
  return request.slate.personas.map(({ name }) => {
    const given = Object.hasOwn(acknowledgements, name) ? acknowledgements[name] : undefined;
    return given ? { name, ackedBy: given.by, at: given.at } : { name };
  });
}

/** How many places of each stage are filled, by the same matching that decides whether a stage is met. */
export function progressOf(approval: Approval): z.infer<typeof ProgressSchema> {
  const { slate } = approval.request;
  const stages = slate.stages.map(({ name, require }, index) => {
    const got = assign(require, votesOf(approval, index));
    const places = require.map(({ from, min }, place) => ({ from: from.label, min, got: got[place] ?? 0 }));
    return { name, met: index < approval.stage, places };
  });
  return { stages };
}

function votesOf({ approvals }: Approval, stage: number): Vote[] {
  return approvals.filter((vote) => vote.stage === stage);
}
