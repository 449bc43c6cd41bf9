import type { CallOutcome, Connector, JsonObject, LostCall } from '@countersign/domain';

export interface Carried {
  readonly outcome: 'succeeded' | 'failed' | 'settled by a person';
  readonly result?: JsonObject;
  readonly error?: string;
  readonly tries: number;
  readonly asked: number;
}

/**
 * Carries a step out as a dispatcher does: what failed for now is tried again, what is unknown is asked for first.
 * @param waited is told how long to wait before the next question
 */
export async function carryOut(
  connector: Connector,
  call: LostCall,
  waited: (ms: number) => void = () => {},
  signalFor: () => AbortSignal = () => AbortSignal.timeout(20_000),
): Promise<Carried> {
  let asked = 0;
  for (let tries = 1; tries <= 8; tries++) {
    const outcome: CallOutcome = await connector.execute({ ...call, signal: signalFor() });
    if (outcome.outcome === 'succeeded')
      return { outcome: 'succeeded', result: outcome.result, tries, asked };
    if (outcome.outcome === 'failed' && !outcome.transient)
      return { outcome: 'failed', error: outcome.error, tries, asked };
    if (outcome.outcome === 'failed') continue;
    for (;;) {
      asked += 1;
      if (asked > 20) throw new Error('asked without end');
      const told = await connector.reconcile({ ...call, signal: signalFor() });
      if (told.found === 'done') return { outcome: 'succeeded', result: told.result, tries, asked };
      if (told.found === 'cannot_tell')
        return { outcome: 'settled by a person', error: told.why, tries, asked };
      if (told.found === 'not_done') break;
      waited(told.retryAfterMs ?? 0);
    }
  }
  throw new Error('tried without end');
}
