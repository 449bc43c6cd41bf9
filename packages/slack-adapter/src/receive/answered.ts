import type { App, ReceiverEvent } from '@slack/bolt';

/** The part of a Bolt app that a receiver hands calls to. */
export type Processor = Pick<App, 'processEvent'>;

/**
 * Hands calls on to the app, and answers each that none of its listeners has answered: an unknown button, a menu of
 * an older version, a kind of call that is not listened to. Bolt would leave Slack, and the person, waiting.
 */
export function answering(app: Processor): Processor {
  return {
    async processEvent(event: ReceiverEvent): Promise<void> {
      let isAnswered = false;
      const ack: ReceiverEvent['ack'] = (response) => {
        isAnswered = true;
        return event.ack(response);
      };
      await app.processEvent({ ...event, ack });
      if (!isAnswered) await event.ack();
    },
  };
}
