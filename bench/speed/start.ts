import { interleave } from '../harness/interleave.ts';
import { figure, median, spread, spreadText } from '../harness/stats.ts';
import { makeTempDir } from '../harness/temp.ts';
import { eventsOf, MILLION, SMALL } from '../seed/ledger.ts';
import { seededFolder, serveSeeded } from '../seed/views.ts';
import { type Benchmark, judge } from './benchmark.ts';

/** From the spawn of `countersign serve` to the first 200 of `/readyz`. */
export const start: Benchmark = {
  method:
    'From the spawn of `countersign serve` to its first `/readyz` with 200, asked every 2 ms. Both folders were served ' +
    'before, so that both have a policy in force and views that are current.',
  async run({ quick, log }) {
    const size = quick ? SMALL : MILLION;
    const folder = await seededFolder(size, log);
    const empty = makeTempDir('empty');
    const timed = async (where: string) => {
      const server = await serveSeeded(where);
      await server.stop();
      return server.readyMs;
    };
    try {
      for (const where of [empty.path, folder, empty.path, folder]) await timed(where);
      const results = await interleave(
        quick ? 2 : 9,
        { empty: () => timed(empty.path), full: () => timed(folder) },
        (name, nth, milliseconds) => log(`${name} ${nth}: ${figure(milliseconds)} ms`),
      );
      return [
        {
          what: `start to ready, ${eventsOf(size).toLocaleString('en-US')} events, checkpoints current`,
          yardstick: 'the same with an empty ledger',
          ours: spreadText(spread(results.full), ' ms'),
          theirs: spreadText(spread(results.empty), ' ms'),
          ...judge(median(results.full) / median(results.empty), { atMost: 1.3 }),
        },
      ];
    } finally {
      empty.remove();
    }
  },
};
