import { figure, latencies } from '../harness/stats.ts';
import { textTable } from '../harness/table.ts';
import type { Difference, Total } from './compare.ts';
import type { Driven } from './drive.ts';

const SHOWN_CASES = 20;

/** Commands and their times. */
export function speedReport({ seconds, samples }: Driven): string {
  const kinds = Object.entries(samples).filter(([, times]) => times.length > 0);
  const row = (name: string, times: readonly number[]) => {
    const { count, p50, p95, p99, max } = latencies(times);
    return [name, count, figure(count / seconds), figure(p50), figure(p95), figure(p99), figure(max)];
  };
  const rows = kinds.map(([kind, times]) => row(kind, times));
  rows.push(
    row(
      'all commands',
      kinds.flatMap(([, times]) => times),
    ),
  );
  return textTable(['command', 'count', 'per second', 'P50 ms', 'P95 ms', 'P99 ms', 'max ms'], rows);
}

export function totalsReport(totals: readonly Total[]): string {
  const rows = totals.map(({ what, log, ledger }) => [what, log, ledger, log === ledger ? '' : 'DIFFERS']);
  return textTable(['', 'log', 'ledger', ' '], rows);
}

export function differencesReport(differences: readonly Difference[]): string {
  const cases = differences
    .slice(0, SHOWN_CASES)
    .map(
      ({ declaration, submission, expected, found }) =>
        `${declaration}, submission ${submission}:\n  log:    ${expected}\n  ledger: ${found}`,
    );
  const rest = differences.length - cases.length;
  return [...cases, ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n');
}

/** Rewrites one line on a terminal; silent elsewhere. */
export function progressOn(stream: NodeJS.WriteStream, total: number): (done: number) => void {
  if (!stream.isTTY) return () => undefined;
  let shown = 0;
  return (done) => {
    const now = performance.now();
    if (now - shown < 200 && done < total) return;
    shown = now;
    stream.write(`\r${done} of ${total} declarations${done === total ? '\n' : ''}`);
  };
}
