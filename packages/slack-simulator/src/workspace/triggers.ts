import { randomBytes } from 'node:crypto';
import { SlackError } from './slack-error.ts';

const lifetimeSec = 3;
/** Old ones are remembered, so that they are told apart from unknown ones; not forever. */
const remembered = 1_000;

export interface Trigger {
  readonly user: string;
  /** The modal it came from; undefined from a message. */
  readonly viewId: string | undefined;
}

export interface Triggers {
  issue(trigger: Trigger): string;
  /** @throws SlackError when it is unknown, older than three seconds, or was used */
  check(id: string): Trigger;
  /** Uses it up. */
  exchange(id: string): void;
}

export function newTriggers(clock: () => number): Triggers {
  const triggers = new Map<string, Trigger & { readonly until: number; isUsed: boolean }>();
  let count = 0;
  return {
    issue(trigger) {
      count += 1;
      const id = `${count}.${Math.floor(clock())}.${randomBytes(16).toString('hex')}`;
      triggers.set(id, { ...trigger, until: clock() + lifetimeSec, isUsed: false });
      for (const oldest of triggers.keys()) {
        if (triggers.size <= remembered) break;
        triggers.delete(oldest);
      }
      return id;
    },
    check(id) {
      const trigger = triggers.get(id);
      if (!trigger) throw new SlackError('invalid_trigger_id');
      if (trigger.isUsed) throw new SlackError('exchanged_trigger_id');
      if (clock() > trigger.until) throw new SlackError('expired_trigger_id');
      return trigger;
    },
    exchange(id) {
      const trigger = triggers.get(id);
      if (trigger) trigger.isUsed = true;
    },
  };
}
