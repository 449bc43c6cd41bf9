import { failedForNow } from '../step/stop.ts';

export interface Token {
  readonly value: string;
  readonly expiresAtMs: number;
}

export interface TokenCache {
  /** A token that is good for a while yet. Throws what `fetchToken` threw; a `Stop` when the signal ends first. */
  get(signal: AbortSignal): Promise<string>;
  /** Forgets a token that was not accepted. */
  drop(value: string): void;
}

const EARLY_MS = 5 * 60_000;

/**
 * Keeps a token until shortly before its end, and asks for one at a time however many want it. The request for it
 * belongs to no caller: one who gives up leaves the others theirs. Failures are not kept.
 */
export function tokenCache(fetchToken: () => Promise<Token>, now: () => number): TokenCache {
  let held: { value: string; untilMs: number } | undefined;
  let pending: Promise<string> | undefined;

  const renew = async (): Promise<string> => {
    const startedMs = now();
    const { value, expiresAtMs } = await fetchToken();
    const early = Math.min(EARLY_MS, (expiresAtMs - startedMs) / 2);
    held = { value, untilMs: expiresAtMs - early };
    return value;
  };

  return {
    async get(signal) {
      if (signal.aborted) throw tooLate();
      if (held && now() < held.untilMs) return held.value;
      pending ??= renew().finally(() => {
        pending = undefined;
      });
      return raced(pending, signal);
    },
    drop(value) {
      if (held?.value === value) held = undefined;
    },
  };
}

function raced<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(tooLate());
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function tooLate(): Error {
  return failedForNow('the time was over before there was a token');
}
