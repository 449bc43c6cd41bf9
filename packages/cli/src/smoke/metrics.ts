import type { Http } from '../client/http.ts';
import { pause } from '../client/retry.ts';
import type { Checker } from './report.ts';

/** `name{label="value",…}` as it stands in the exposition → value. */
export type Samples = ReadonlyMap<string, number>;

export async function scrape(http: Http): Promise<Samples> {
  const { body } = await http.send<string>({ path: '/metrics', headers: { accept: 'text/plain' } });
  return parseSamples(body);
}

/** Prometheus' text format, as far as names, labels and values go. */
export function parseSamples(text: string): Samples {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^([a-zA-Z_:][\w:]*(?:\{.*\})?) (\S+)/.exec(line);
    if (match) samples.set(match[1] as string, Number(match[2]));
  }
  return samples;
}

/** By how much a series must have grown. A series that is not there counts as 0. */
export interface Delta {
  readonly series: string;
  readonly by: number;
}

const PATIENCE_MS = 5000;
const LOOK_MS = 100;

/** Looks until every delta is there, or patience ends; then each is a check. Exactly: one too many is wrong too. */
export async function checkDeltas(
  http: Http,
  before: Samples,
  deltas: readonly Delta[],
  checker: Checker,
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const after = await scrape(http);
    const found = deltas.map(({ series, by }) => ({ series, by, grew: grownBy(before, after, series) }));
    if (found.some(({ by, grew }) => by !== grew) && Date.now() < deadline) {
      await pause(LOOK_MS);
      continue;
    }
    for (const { series, by, grew } of found) checker.note(`${series} +${by}`, grew === by, `+${grew}`);
    return;
  }
}

function grownBy(before: Samples, after: Samples, series: string): number {
  return (after.get(series) ?? 0) - (before.get(series) ?? 0);
}
