import { usageError } from '../cli-error.ts';
import type { ConnectOptions } from '../client/connect.ts';
import { createHttp } from '../client/http.ts';
import { EXIT } from '../exit-codes.ts';
import { type Format, present } from '../output/format.ts';
import type { Io } from '../output/io.ts';
import { table } from '../output/table.ts';
import { checkDeltas, type Delta, scrape } from './metrics.ts';
import { everybody } from './people.ts';
import { type Check, runScenario } from './report.ts';
import { SCENARIOS } from './scenarios.ts';

export interface SmokeOptions extends ConnectOptions {
  readonly output: Format;
  readonly scenarios: string;
  readonly metricsToken?: string;
}

/** `countersign smoke`: whole requests, all at once, then what the metrics say of them. Exit code 1 on any failure. */
export async function smoke(io: Io, options: SmokeOptions): Promise<number> {
  const names = scenariosOf(options.scenarios);
  const people = await everybody(options, io.env);
  const { url } = people.ci.connection;
  const metrics = createHttp({ url, token: options.metricsToken ?? (io.env.METRICS_TOKEN || undefined) });
  const before = await scrape(metrics);
  const deltas: Delta[] = [];
  const byScenario = names.map(() => [] as Check[]);
  await Promise.all(
    names.map((name, index) =>
      runScenario(name, byScenario[index] as Check[], async (check) => {
        deltas.push(...(await (SCENARIOS[name] as (typeof SCENARIOS)[string])(people, check)));
      }),
    ),
  );
  const checks = byScenario.flat();
  await runScenario('metrics', checks, (check) => checkDeltas(metrics, before, deltas, check));
  return report(io, options.output, url, checks);
}

function scenariosOf(list: string): string[] {
  const names = [...new Set(list.split(',').map((name) => name.trim()))];
  const unknown = names.find((name) => !Object.hasOwn(SCENARIOS, name));
  if (unknown === undefined) return names;
  throw usageError(`--scenarios: there is no "${unknown}"; there are ${Object.keys(SCENARIOS).join(', ')}`);
}

function report(io: Io, output: Format, url: string, checks: readonly Check[]): number {
  const failed = checks.filter(({ ok }) => !ok).length;
  present(io, output, { url, ok: failed === 0, checks }, () => {
    const rows = checks.map(({ scenario, what, ok, detail = '' }) => [
      ok ? io.style('green', 'ok') : io.style('red', 'FAILED'),
      scenario,
      what,
      detail,
    ]);
    return table(['', 'SCENARIO', 'CHECK', 'FOUND'], rows);
  });
  io.say(
    failed === 0
      ? `smoke: all ${checks.length} checks passed`
      : `smoke: ${failed} of ${checks.length} checks failed`,
  );
  return failed === 0 ? EXIT.ok : EXIT.error;
}
