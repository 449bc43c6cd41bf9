import type { ProjectionName } from '@countersign/projections';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problems/problem.ts';

/**
 * Waits, within bounds, until a view holds everything up to a position that an earlier answer gave.
 * @throws Problem 503 `position_not_reached`
 */
export async function waitForPosition(
  { projections, limits }: ApiDeps,
  view: ProjectionName,
  position: string | undefined,
): Promise<void> {
  if (position === undefined) return;
  if (await projections.waitFor(view, position, limits.positionWaitMs)) return;
  throw new Problem(
    'position_not_reached',
    `the view ${view} has not come as far as minPosition within ${limits.positionWaitMs} ms; try again`,
    { headers: { 'Retry-After': '1' } },
  );
}
