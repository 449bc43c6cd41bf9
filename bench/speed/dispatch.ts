import type { LoopResult } from '../harness/closed-loop.ts';
import { interleave } from '../harness/interleave.ts';
import { openSide } from '../harness/side.ts';
import { figure, median, spread, spreadText } from '../harness/stats.ts';
import type { Benchmark, BenchmarkOptions, Result } from './benchmark.ts';

const OURS = new URL('./dispatch/ours.ts', import.meta.url);

/** How many plans a second are carried out, where carrying out costs nothing. */
export const dispatch: Benchmark = {
  method:
    'Approved requests with a plan of one step, whose connector answers at once, are dispatched: claimed, the step begun, ' +
    'the step done, each on disk before the next. The yardstick is three bare appends to the same store, one after the ' +
    'other, in the same process. No HTTP.',
  async run(options) {
    return [await compare(32, options), await compare(1, options)];
  },
};

async function compare(clients: number, { quick, log }: BenchmarkOptions): Promise<Result> {
  const seconds = quick ? 0.3 : 2;
  const side = await openSide(OURS);
  const run = { clients, seconds };
  try {
    await side.ask('prepare', { count: 200 });
    await side.ask('dispatch', { clients, seconds: 0.1 });
    const results = await interleave<'ours' | 'bare', LoopResult>(
      quick ? 1 : 5,
      {
        async ours() {
          await side.ask('prepare', { count: Math.ceil(seconds * (clients === 1 ? 1500 : 5000)) });
          return side.ask('dispatch', run);
        },
        bare: () => side.ask('bare', run),
      },
      (name, nth, { perSecond }) => log(`${clients} at once, ${name} ${nth}: ${figure(perSecond)}/s`),
    );
    const rates = { ours: perSecond(results.ours), bare: perSecond(results.bare) };
    return {
      what: `dispatches, ${clients === 1 ? 'one at a time' : `${clients} at once`}`,
      yardstick: 'three bare appends each',
      ours: spreadText(spread(rates.ours), '/s'),
      theirs: spreadText(spread(rates.bare), '/s'),
      measured: `${(median(rates.ours) / median(rates.bare)).toFixed(2)} ×`,
      target: 'for information',
    };
  } finally {
    await side.close();
  }
}

function perSecond(results: readonly LoopResult[] | undefined): number[] {
  return (results ?? []).map((result) => result.perSecond);
}
