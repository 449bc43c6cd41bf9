import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProjections } from '@countersign/projections';
import { answerAs } from '../../harness/side.ts';

/** The product: rebuilds the requests view of a folder that a server has run in. The folder is the first argument. */
const [folder = ''] = process.argv.slice(2);
const projections = await startProjections({
  storeUrl: `sqlite:${join(folder, 'ledger.db')}`,
  dataDir: folder,
});
if (!(await projections.ready(20 * 60_000))) throw new Error(`the views of ${folder} are not current`);

answerAs({
  async run() {
    const { done } = await projections.rebuild('requests');
    const { handled, milliseconds } = await done;
    return { events: handled, milliseconds, peakMb: peakMb() };
  },
  close: () => projections.close(),
});

/** The most memory this process ever held. */
function peakMb(): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
}
