import autocannon from 'autocannon';
import { answerAs } from '../side.ts';
import { latencies } from '../stats.ts';
import type { LoadResult, LoadTarget } from './load.ts';

/** Its own report has whole milliseconds and no P95, so that times are taken from each answer. */
async function run(target: LoadTarget, connections: number, seconds: number): Promise<LoadResult> {
  const samples: number[] = [];
  let bad = 0;
  const { url, headers, body } = target;
  const { errors, timeouts, duration } = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = { url, connections, duration: seconds, method: 'POST', headers, body } as const;
    const instance = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)));
    instance.on('response', (_client, statusCode, _bytes, milliseconds) => {
      samples.push(milliseconds);
      if (statusCode >= 400) bad++;
    });
  });
  if (bad + errors + timeouts > 0)
    throw new Error(`autocannon met errors: ${JSON.stringify({ bad, errors, timeouts })}`);
  const { p50, p95, p99 } = latencies(samples);
  return { perSecond: samples.length / duration, p50, p95, p99 };
}

answerAs({
  run: ({ target, connections, seconds }: { target: LoadTarget; connections: number; seconds: number }) =>
    run(target, connections, seconds),
});
