import { type Known, timestamp } from '@countersign/application';
import { matchAction } from '@countersign/domain';
import { slackIdOf } from '../people/people.ts';
import type { Picture } from '../render/types.ts';
import type { ActionDeps } from './deps.ts';

/**
 * A request as it is drawn in a modal.
 * @param teamId of the workspace, where it is known: people are named otherwise
 * @throws LedgerUnavailable while no policy is in force
 */
export function pictureOf(
  { policies, clock, consoleUrl }: Pick<ActionDeps, 'policies' | 'clock' | 'consoleUrl'>,
  { approval, revision }: Known,
  teamId: string | null,
): Picture {
  const policy = policies.inForce();
  return {
    approval,
    revision,
    now: timestamp(clock),
    description: matchAction(policy, approval.request.action)?.description,
    slackIdOf: (person) => (teamId === null ? undefined : slackIdOf(policy, person, teamId)),
    consoleUrl,
  };
}
