import type { Logger } from '@slack/bolt';
import { LogLevel } from '@slack/bolt';
import type { SlackSignals } from '../types.ts';

// Bot, app, user, refresh and configuration tokens; the ticket of a Socket Mode connection.
const SECRETS = /\b(?:xox[a-z]+(?:\.xox[a-z]+)?|xapp)-[\w.-]+|(?<=[?&](?:ticket|token)=)[^&\s]+/gi;

/** What Bolt and its clients complain of becomes a signal; what they chat about is dropped. */
export function boltLogger(signals: SlackSignals): Logger {
  const complain = (...words: unknown[]) =>
    signals.failed?.({ what: 'a message of Bolt', error: new Error(withoutSecrets(words)) });
  return {
    debug() {},
    info() {},
    warn: complain,
    error: complain,
    // Below this level payloads and answers would be put into words only to be dropped.
    getLevel: () => LogLevel.WARN,
    setLevel() {},
    setName() {},
  };
}

/** One line of whatever was logged, cut, and without anything that opens a door. */
export function withoutSecrets(words: readonly unknown[]): string {
  const text = words.map((word) => (word instanceof Error ? word.message : String(word))).join(' ');
  return text.replace(SECRETS, '[secret]').slice(0, 1000);
}
