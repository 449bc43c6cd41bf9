import { modals, REASON, wordsIn } from '../render/index.ts';
import { execute } from './carry-out.ts';
import type { Click, Submission } from './click.ts';
import type { ActionDeps } from './deps.ts';
import { openModal } from './open-modal.ts';
import { OUTDATED, type Told } from './told.ts';

/** Cancel: whoever asked takes the request back. The menu is the same for everybody; the rule says who may. */
export async function openCancel(deps: ActionDeps, click: Click): Promise<Told> {
  const { target, drawing } = click;
  if (!target || !drawing) return OUTDATED;
  return openModal(deps, click, modals.cancel(target, drawing));
}

export async function submitCancel(deps: ActionDeps, submission: Submission): Promise<Told> {
  const { target, values, clicker } = submission;
  if (!target) return OUTDATED;
  const reason = wordsIn(values, REASON);
  const who = await deps.people.identify(clicker);
  const { requestId } = target;
  const intent = { type: 'CancelRequest', requestId, ...(reason !== undefined && { reason }) } as const;
  return execute(deps, submission, who, intent, 'the request was cancelled before');
}
