import type { Clock, SlackDeliveries } from '@countersign/application';
import type { SlackDelivery } from '@countersign/domain';
import type { DeliveryPlan } from './plan.ts';
import { afterEffectMs, Halt, LOOK_AGAIN_MS, type Memory, REDRAW } from './told.ts';

export interface HoldOptions {
  readonly deliveries: SlackDeliveries;
  readonly clock: Clock;
  /** This start of this instance. */
  readonly by: string;
  readonly limits: { readonly leaseMs: number; readonly callTimeoutMs: number };
}

/** A delivery that is this instance's alone. */
export interface Hold {
  /** As it stood when it was taken. */
  readonly delivery: SlackDelivery;
  /** What is to be delivered: not always what was planned, since what was interrupted comes first. */
  readonly claimed: DeliveryPlan;
  /**
   * Belongs before every call: the lease must last until nothing can come of the call any more, or it could put an
   * older state over the one that the next holder has drawn.
   * @throws Halt when another instance holds the delivery now, or held it since
   */
  renew(): Promise<void>;
}

/**
 * Takes a delivery on. A lease of this instance that still lasts is gone on with, so that trying again costs no claim;
 * and what this instance knows of its own tries stays true as long as no lease has ended.
 * @param before what the ledger said a moment ago
 * @throws Halt when it is another's, or done
 */
export async function takeHold(
  request: { readonly requestId: string; readonly tenant: string },
  before: SlackDelivery,
  plan: DeliveryPlan,
  memory: Memory,
  { deliveries, clock, by, limits }: HoldOptions,
): Promise<Hold> {
  const { requestId, tenant } = request;
  const ours =
    memory.doubts !== null && before.claim?.by === by && Date.parse(before.claim.until) > clock()
      ? before.claim
      : null;
  let until = ours ? Date.parse(ours.until) : 0;
  let claimed = plan;
  const lasts = () => until - clock() >= afterEffectMs(limits.callTimeoutMs);

  /** It is looked at again soon: its holder may be done long before the lease ends. */
  function isAnothers(leaseEnds: number): Halt {
    return new Halt({ kind: 'later', at: Math.min(leaseEnds, clock() + LOOK_AGAIN_MS) });
  }

  async function claim(): Promise<{ readonly delivery: SlackDelivery; readonly takenFrom: string | null }> {
    const end = clock() + limits.leaseMs;
    const taken = await deliveries.claim({
      requestId,
      tenant,
      by,
      until: new Date(end).toISOString(),
      upTo: claimed.upTo,
      items: claimed.items,
    });
    if (taken.outcome === 'held') throw isAnothers(Date.parse(taken.until));
    if (taken.outcome === 'done') throw new Halt({ kind: 'told', upTo: claimed.upTo });
    until = end;
    return taken;
  }

  /** When nothing can come any more of calls under a lease: with its end, though our own last one may have begun now. */
  function callsEnd(lease: string | undefined): number {
    const now = clock();
    const hasEnded = lease === undefined || Date.parse(lease) <= now;
    return hasEnded ? now : now + afterEffectMs(limits.callTimeoutMs);
  }

  let delivery = before;
  if (!ours || !lasts()) {
    const taken = await claim();
    ({ delivery } = taken);
    const { takenFrom } = taken;
    if (!ours || takenFrom !== by)
      memory.doubts = new Map(takenFrom === null ? [] : doubtAll(delivery, callsEnd(before.claim?.until)));
  }
  claimed = delivery.claim ?? plan;
  return {
    delivery,
    claimed,
    async renew() {
      if (lasts()) return;
      const { takenFrom } = await claim();
      // Whoever slept so long that another one had it in between, or whose claim took that long, begins anew.
      if (takenFrom === by && lasts()) return;
      memory.doubts = null;
      throw new Halt({ kind: 'later', at: clock() + LOOK_AGAIN_MS });
    },
  };
}

/** @param from when Slack can be asked */
function doubtAll({ claim, sent, givenUp }: SlackDelivery, from: number): [string, number][] {
  const keys = (claim?.items ?? [])
    .map(({ key }) => key)
    .filter((key) => !Object.hasOwn(sent, key) && !givenUp.includes(key));
  return [...keys, REDRAW].map((key) => [key, from]);
}
