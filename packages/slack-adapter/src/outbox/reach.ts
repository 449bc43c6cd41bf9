import type { Clock } from '@countersign/application';
import type { SlackSignals } from '../types.ts';
import type { CallError, Web } from '../web/types.ts';
import { backoffMs } from './backoff.ts';

/**
 * Whether there is any use in calling Slack, for all channels together: so that an outage, however long, costs neither
 * claims in the ledger nor a try for each of those who wait.
 */
export interface Reach {
  /**
   * After a call has failed, Slack is asked first, by a call that changes nothing. And while nothing gets through
   * anywhere though that is answered, one delivery in each pause is let try.
   */
  ready(): Promise<boolean>;
  /** Not ready before this time, in milliseconds since 1970. */
  readonly closedUntil: number;
  /** Perhaps Slack takes no token any more. */
  suspect(): void;
  /** A delivery in the channel got no answer, or one that says nothing. */
  failed(channel: string): void;
  /** A delivery got an answer that says something, be it a refusal. */
  answered(): void;
  /** Nothing gets through anywhere, though Slack answers. */
  readonly isStalled: boolean;
  /** What is amiss, in words. */
  readonly trouble: string | undefined;
}

/** So many channels without an answer between them are no longer each one's own misfortune. */
const STALLED_CHANNELS = 3;

export function createReach(options: {
  readonly web: Pick<Web, 'checkTokens'>;
  readonly clock: Clock;
  readonly limits: { readonly retryMs: number; readonly maxRetryMs: number };
  readonly signals: SlackSignals;
}): Reach {
  const { web, clock, limits, signals } = options;
  /** Also at the start: nobody has seen Slack yet. */
  let isSuspect = true;
  let failures = 0;
  let closedUntil = 0;
  let trouble: string | undefined;
  let asking: Promise<void> | undefined;
  /** Channels that failed since any delivery got an answer. */
  const failing = new Set<string>();

  async function ask(): Promise<void> {
    const answer = await web.checkTokens();
    if (answer.ok) {
      isSuspect = false;
      closedUntil = 0;
      if (trouble !== undefined) failures = 0;
      trouble = undefined;
      return;
    }
    const { error } = answer;
    const isNew = trouble === undefined;
    trouble = wordsFor(error);
    if (isNew) signals.failed?.({ what: 'reaching Slack', error: new Error(trouble) });
    close(error.kind === 'rate_limited' ? error.retryAfterSec * 1000 : 0);
  }

  function close(atLeastMs = 0): void {
    failures += 1;
    closedUntil = clock() + Math.max(atLeastMs, backoffMs(failures, limits));
  }

  const isStalled = () => failing.size >= STALLED_CHANNELS;
  const isClosed = () => clock() < closedUntil;

  return {
    async ready() {
      if (isClosed()) return false;
      if (isSuspect) {
        asking ??= ask().finally(() => {
          asking = undefined;
        });
        await asking;
        if (isSuspect || isClosed()) return false;
      }
      if (isStalled()) close();
      return true;
    },
    get closedUntil() {
      return closedUntil;
    },
    suspect() {
      isSuspect = true;
    },
    failed(channel) {
      isSuspect = true;
      failing.add(channel);
    },
    answered() {
      if (isStalled()) {
        failures = 0;
        closedUntil = 0;
      }
      failing.clear();
    },
    get isStalled() {
      return isStalled();
    },
    get trouble() {
      return trouble ?? (isStalled() ? 'Slack answers, and takes no messages' : undefined);
    },
  };
}

function wordsFor(error: CallError): string {
  if (error.kind === 'refused') return `Slack takes none of the tokens (${error.code})`;
  return error.kind === 'rate_limited' ? 'Slack takes no calls for now' : 'Slack does not answer';
}
