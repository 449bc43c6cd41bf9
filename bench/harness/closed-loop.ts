import { type Latencies, latencies } from './stats.ts';

export interface LoopResult {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly latency: Latencies;
}

/**
 * So many clients, each sending its next command when the one before is answered, for so long.
 * @param client makes one client: a function that sends its next command
 */
export async function closedLoop(
  clients: number,
  seconds: number,
  client: (index: number) => () => Promise<void>,
): Promise<LoopResult> {
  const samples: number[] = [];
  const began = performance.now();
  const until = began + seconds * 1000;
  const work = async (index: number): Promise<void> => {
    const next = client(index);
    for (let now = performance.now(); now < until; ) {
      await next();
      const after = performance.now();
      samples.push(after - now);
      now = after;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => work(index)));
  const took = (performance.now() - began) / 1000;
  return { perSecond: samples.length / took, latency: latencies(samples) };
}
