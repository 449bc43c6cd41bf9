import type { Hash } from '@countersign/domain';
import { modals, REASON, wordsIn } from '../render/index.ts';
import { execute } from './carry-out.ts';
import type { Click, Submission } from './click.ts';
import type { ActionDeps } from './deps.ts';
import { openModal } from './open-modal.ts';
import { OUTDATED, type Told } from './told.ts';

/** Deny: asks for the reason first. */
export async function openDeny(deps: ActionDeps, click: Click): Promise<Told> {
  const { target, drawing } = click;
  if (!target || !drawing) return OUTDATED;
  return openModal(deps, click, modals.deny(target, drawing));
}

/**
 * One denial of what was drawn. It names no stage: a no is meant for the request, and counts whichever stage is asked
 * by the time the reason is written.
 */
export async function submitDeny(deps: ActionDeps, submission: Submission): Promise<Told> {
  const { target, values, clicker } = submission;
  if (!target) return OUTDATED;
  const { requestId } = target;
  const paramsHash = target.paramsHash as Hash;
  const note = wordsIn(values, REASON);
  const who = await deps.people.identify(clicker);
  const vote = {
    type: 'Decide',
    requestId,
    status: 'denied',
    paramsHash,
    ...(note !== undefined && { note }),
  } as const;
  return execute(deps, submission, who, vote, 'your denial already stands');
}
