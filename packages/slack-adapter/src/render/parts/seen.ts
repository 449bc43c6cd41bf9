import {
  type Approval,
  evolve,
  isOverdue,
  missingPersonas,
  type Status,
  statusAt,
  TIMER,
} from '@countersign/domain';
import type { Drawing, Picture, Target } from '../types.ts';

/** The picture as it must read at its moment: past the deadline the request is expired, even while no event says so. */
export function asSeen(picture: Picture): Picture {
  const { approval, now } = picture;
  if (!isOverdue(approval, now)) return picture;
  const { expiresAt } = approval.request;
  const expired = { type: 'RequestExpired', data: { at: expiresAt, by: TIMER, expiresAt } } as const;
  return { ...picture, approval: evolve(approval, expired) as Approval };
}

export function statusSeen({ approval, now }: Picture): Status {
  return statusAt(approval, now);
}

export function isOpen({ approval }: Picture): boolean {
  return approval.decision === null;
}

/** Whether anybody's approval would be counted now. */
export function canCount(picture: Picture): boolean {
  const { approval } = picture;
  const asked = approval.request.slate.stages[approval.stage];
  return isOpen(picture) && asked !== undefined && missingPersonas(approval).length === 0;
}

export function targetSeen({ approval }: Picture): Target {
  return { requestId: approval.request.requestId, paramsHash: approval.paramsHash };
}

export function drawingSeen({ approval, revision }: Picture): Drawing {
  return { revision, stage: approval.stage };
}
