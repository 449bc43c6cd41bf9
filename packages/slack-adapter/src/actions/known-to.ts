import type { Known } from '@countersign/application';
import type { Identified } from '../people/people.ts';
import type { ActionDeps } from './deps.ts';

/**
 * A request as whoever clicked may know it: within their tenant. Null for any other, as where there is none, so that
 * nothing of it is told before the decider is asked.
 * @throws LedgerUnavailable
 */
export async function knownTo(
  { principal }: Identified,
  { ledger }: Pick<ActionDeps, 'ledger'>,
  requestId: string,
): Promise<Known | null> {
  const known = await ledger.load(requestId);
  return known?.approval.request.tenant === principal.tenant ? known : null;
}
