import { chosenIn, modals, REASON, VERDICT, wordsIn } from '../render/index.ts';
import { execute } from './carry-out.ts';
import type { Click, Submission } from './click.ts';
import type { ActionDeps } from './deps.ts';
import { knownTo } from './known-to.ts';
import { openModal } from './open-modal.ts';
import { noSuchRequest, OUTDATED, type Told } from './told.ts';

/** Break glass: a super-approver forces the decision, with a reason. */
export async function openBreakGlass(deps: ActionDeps, click: Click): Promise<Told> {
  const { target, drawing } = click;
  if (!target || !drawing) return OUTDATED;
  return openModal(deps, click, modals.breakGlass(target, drawing));
}

/** One forced decision on the plan that the form was opened for, and on none that has taken its place since. */
export async function submitBreakGlass(deps: ActionDeps, submission: Submission): Promise<Told> {
  const { target, values, clicker } = submission;
  const status = chosenIn(values, VERDICT);
  if (!target || (status !== 'approved' && status !== 'denied')) return OUTDATED;
  const reason = wordsIn(values, REASON) ?? '';
  const who = await deps.people.identify(clicker);
  const { requestId } = target;
  const known = await knownTo(who, deps, requestId);
  if (!known) return noSuchRequest(who);
  if (known.approval.paramsHash !== target.paramsHash) return OUTDATED;
  const { revision: ifRevision } = known;
  const intent = { type: 'InvokeBreakGlass', requestId, status, reason } as const;
  const told = await execute(
    deps,
    { ...submission, ifRevision },
    who,
    intent,
    'you have broken the glass before',
  );
  if (told.kind !== 'refused' || told.refusal.code !== 'reason_too_short') return told;
  return { kind: 'invalid', fields: { [REASON]: told.refusal.detail } };
}
