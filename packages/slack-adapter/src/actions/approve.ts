import type { Approval, Hash } from '@countersign/domain';
import type { Drawing } from '../render/types.ts';
import { execute } from './carry-out.ts';
import type { Click } from './click.ts';
import type { ActionDeps } from './deps.ts';
import { knownTo } from './known-to.ts';
import { noSuchRequest, OUTDATED, type Told } from './told.ts';

/**
 * Approve: one vote for what was drawn, on the stage that was asked when it was drawn. A second click on the same
 * drawing repeats that vote, whatever stage is asked by now.
 */
export async function approve(deps: ActionDeps, click: Click): Promise<Told> {
  const { target, drawing } = click;
  if (!target || !drawing) return OUTDATED;
  const { requestId } = target;
  const paramsHash = target.paramsHash as Hash;
  const who = await deps.people.identify(click.clicker);
  const known = await knownTo(who, deps, requestId);
  if (!known) return noSuchRequest(who);
  const stage = stageNamed(known.approval, drawing);
  if (stage === null) return OUTDATED;
  const vote = { type: 'Decide', requestId, status: 'approved', paramsHash, stage } as const;
  return execute(deps, click, who, vote, 'your approval already stands');
}

/** Name of the stage that was asked when something was drawn; null for none of the request's frozen slate. */
export function stageNamed({ request }: Approval, { stage }: Drawing): string | null {
  return request.slate.stages[stage]?.name ?? null;
}
