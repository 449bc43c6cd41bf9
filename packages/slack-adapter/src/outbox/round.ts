import type { Ledger } from '@countersign/application';
import type { SlackDelivery } from '@countersign/domain';
import type { UntoldRow } from '@countersign/projections';
import type { SlackSignals } from '../types.ts';
import type { Web } from '../web/types.ts';
import { type HoldOptions, takeHold } from './hold.ts';
import { MESSAGE } from './items.ts';
import type { Pacing } from './pacing.ts';
import { type Scene, type SceneOptions, sceneOf } from './scene.ts';
import { createTelling } from './telling.ts';
import { Halt, LOOK_AGAIN_MS, type Memory, type Told } from './told.ts';
import type { Waits } from './waits.ts';

export interface RoundOptions extends HoldOptions, SceneOptions {
  readonly ledger: Pick<Ledger, 'history'>;
  readonly web: Web;
  readonly pacing: Pacing;
  readonly waits: Waits;
  readonly signals: SlackSignals;
  /** No further call is begun. */
  readonly abandoned: AbortSignal;
  readonly limits: HoldOptions['limits'] & { readonly coalesceMs: number };
}

/**
 * One try to tell Slack of one request: what is to be told, the claim, the calls, and the record of each.
 * @param memory what this instance knows from its tries before; kept up to date
 * @throws LedgerUnavailable
 */
export async function tellOnce(row: UntoldRow, memory: Memory, options: RoundOptions): Promise<Told> {
  try {
    return await tell(row, memory, options);
  } catch (error) {
    if (error instanceof Halt) return error.told;
    throw error;
  }
}

async function tell(row: UntoldRow, memory: Memory, options: RoundOptions): Promise<Told> {
  const { deliveries, clock, limits, web } = options;
  const { requestId } = row;
  const workspace = await web.teamId();
  if (!workspace.ok) return { kind: 'failed', why: workspace.error };
  const look = async () => sceneOf(await options.ledger.history(requestId), workspace.teamId, options);
  let scene = await look();
  const before = await deliveries.load(requestId);
  const plan = before.claim ?? scene.plan(before);
  if (!plan) {
    // A view that is ahead of what the ledger gave just now.
    if (before.deliveredTo < row.revision) return { kind: 'later', at: clock() + LOOK_AGAIN_MS };
    return { kind: 'told', upTo: before.deliveredTo };
  }
  const opens = windowEnd(scene, before, limits.coalesceMs, clock());
  if (opens > clock()) return { kind: 'later', at: opens };
  const hold = await takeHold(row, before, plan, memory, options);
  const { upTo } = hold.claimed;
  // Somebody who saw more has claimed in between, and is gone.
  if (upTo > scene.picture.revision) scene = await look();
  const telling = createTelling(row, scene, hold, memory, options);
  await telling.tellAll();
  await telling.record({ type: 'SlackDelivered', data: { at: new Date(clock()).toISOString(), upTo } });
  return { kind: 'told', upTo };
}

/**
 * When a message that stands in Slack may be drawn anew: a moment after the oldest event it does not show, so that
 * what comes close together is one update. A first message, and what was interrupted, wait for nothing.
 */
function windowEnd(
  { history }: Scene,
  { claim, sent, deliveredTo }: SlackDelivery,
  coalesceMs: number,
  now: number,
): number {
  const oldest = history.find(({ revision }) => revision > deliveredTo);
  if (claim || !oldest || !Object.hasOwn(sent, MESSAGE)) return 0;
  const at = Date.parse(oldest.event.data.at);
  // Somebody's clock is ahead of ours: how long ago it was is not known, and it need not wait until we are there too.
  return at - now > coalesceMs ? 0 : at + coalesceMs;
}
