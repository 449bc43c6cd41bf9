import type { Clock } from '@countersign/application';
import type { SlackSignals } from '../types.ts';
import type { CallError, Web } from '../web/types.ts';
import { backoffMs } from './backoff.ts';

/**
 * Whether Slack can be reached at all. One call that asks for nothing tries that for everybody, so that an outage,
 * however long, costs neither claims in the ledger nor a try for each of those who wait.
 */
export interface Reach {
  /** Whether there is any use in calling. After a call has failed, Slack is asked first. */
  ready(): Promise<boolean>;
  /** Not ready before this time, in milliseconds since 1970. */
  readonly closedUntil: number;
  /** A call has failed as calls do when Slack is away, or takes no token. */
  suspect(): void;
  /** What is amiss, in words. */
  readonly trouble: string | undefined;
}

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
  let asking: Promise<boolean> | undefined;

  async function ask(): Promise<boolean> {
    const answer = await web.checkTokens();
    if (answer.ok) {
      isSuspect = false;
      failures = 0;
      trouble = undefined;
      return true;
    }
    failures += 1;
    const pause = backoffMs(failures, limits);
    const { error } = answer;
    closedUntil = clock() + (error.kind === 'rate_limited' ? error.retryAfterSec * 1000 : pause);
    trouble = wordsFor(error);
    if (failures === 1) signals.failed?.({ what: 'reaching Slack', error: new Error(trouble) });
    return false;
  }

  return {
    async ready() {
      if (!isSuspect) return true;
      if (clock() < closedUntil) return false;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    get closedUntil() {
      return isSuspect ? closedUntil : 0;
    },
    suspect() {
      isSuspect = true;
    },
    get trouble() {
      return trouble;
    },
  };
}

function wordsFor(error: CallError): string {
  if (error.kind === 'refused') return `Slack takes none of the tokens (${error.code})`;
  return error.kind === 'rate_limited' ? 'Slack takes no calls for now' : 'Slack does not answer';
}
