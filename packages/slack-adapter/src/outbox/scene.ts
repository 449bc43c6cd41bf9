import type { Clock, PolicyRegister } from '@countersign/application';
import { type Approval, fold, type SlackDelivery, type SlackItem } from '@countersign/domain';
import { slackIdOf } from '../people/people.ts';
import type { Drawn, Happened, Picture, Rendering } from '../render/types.ts';
import { itemOf } from './items.ts';
import { type DeliveryPlan, planDelivery } from './plan.ts';

/** One request as it stands, with all that is needed to plan and draw what Slack is told of it. */
export interface Scene {
  readonly approval: Approval;
  readonly history: readonly Happened[];
  readonly picture: Picture;
  plan(delivery: SlackDelivery): DeliveryPlan | null;
  message(): Drawn;
  /** What an item says; null where that is nothing. @param permalink of the request's message */
  item(item: SlackItem, delivery: SlackDelivery, upTo: number, permalink?: string): Drawn | null;
}

export interface SceneOptions {
  readonly policies: Pick<PolicyRegister, 'inForce'>;
  readonly rendering: Rendering;
  readonly clock: Clock;
  readonly consoleUrl?: string | undefined;
}

/**
 * @param history the request's events from its first one on
 * @param teamId of the workspace that is told
 * @throws LedgerUnavailable while no policy is known
 */
export function sceneOf(history: readonly Happened[], teamId: string, options: SceneOptions): Scene {
  const { policies, rendering, clock, consoleUrl } = options;
  const approval = fold(history.map(({ event }) => event));
  if (!approval.exists) throw new Error('a request without its first event cannot be told');
  const policy = policies.inForce();
  const picture: Picture = {
    approval,
    revision: history.at(-1)?.revision ?? 0,
    now: new Date(clock()).toISOString(),
    description: policy.rules.find(({ key }) => key === approval.request.policyKey)?.description,
    slackIdOf: (person) => slackIdOf(policy, person, teamId),
    consoleUrl,
  };

  return {
    approval,
    history,
    picture,
    plan: (delivery) =>
      planDelivery({
        delivery,
        history,
        channel: approval.request.slack?.channel ?? '',
        linkOf: (person) => {
          const user = picture.slackIdOf(person);
          return user === undefined ? undefined : `${teamId}/${user}`;
        },
        isTold: (happened) => rendering.reply(picture, [happened]) !== null,
      }),
    message: () => rendering.message(picture),
    item({ key }, { deliveredTo }, upTo, permalink) {
      const item = itemOf(key);
      if (item.kind === 'message') return rendering.message(picture);
      if (item.kind === 'reply') {
        const since = history.filter(({ revision }) => revision > deliveredTo && revision <= upTo);
        return rendering.reply(picture, since);
      }
      const event = history.find(({ revision }) => revision === item.revision)?.event;
      if (event?.type === 'BreakGlassInvoked') return rendering.brokenGlass(picture, permalink);
      if (event?.type === 'RequestEscalated')
        return rendering.escalation(picture, event.data.rung, permalink);
      return rendering.outcome(picture, permalink);
    },
  };
}
