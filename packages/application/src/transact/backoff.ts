import { setTimeout as sleep } from 'node:timers/promises';

/** Waits before try `attempt` (1, 2, …): exponential from `baseMs`, at most `maxMs`, full jitter. */
export async function backoff(attempt: number, { baseMs = 5, maxMs = 250 } = {}): Promise<void> {
  const ceiling = Math.min(maxMs, baseMs * 2 ** (attempt - 1));
  await sleep(Math.random() * ceiling);
}
