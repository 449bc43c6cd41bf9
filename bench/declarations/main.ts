import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeSection } from '../harness/document.ts';
import { openApi } from '../harness/http.ts';
import { machineFacts } from '../harness/machine.ts';
import { type RunningServer, startServer } from '../harness/server.ts';
import { createMint } from '../harness/tokens.ts';
import { expectedChain } from './chain.ts';
import { compareChains, observationsOf, totalsOf } from './compare.ts';
import { type Driven, drive } from './drive.ts';
import { countActivities, type LogTrace, variantsOf } from './log.ts';
import { type Story, storyOf } from './mapping.ts';
import { AUDITOR, actionOf, policyFor } from './people.ts';
import { type ReadSide, readRun } from './read-side.ts';
import { differencesReport, progressOn, speedReport, totalsReport } from './report.ts';
import { readXes } from './xes.ts';

const DEFAULT_DATA = fileURLToPath(
  new URL('../../../shared/data/DomesticDeclarations.xes.gz', import.meta.url),
);
const HELP = `Drives a server through its HTTP API with a real approval process, then proves from the read side that every
declaration ended as the log says. Exits with 1 when anything differs.

  --data <file>        XES log, gzipped or not (default ${DEFAULT_DATA})
  --limit <n>          only the first n declarations
  --concurrency <n>    declarations under way at once (default 64)
  --url <url>          a server that runs already, with the policy that --print-policy gives, and JWT_SECRET in the
                       environment; default: one is started for the run, in a temporary folder
  --write              puts the report of a run that proved everything into docs/performance.md
  --print-policy       prints the policy for the log, and ends
`;

const told: string[] = [];
process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: DEFAULT_DATA },
      limit: { type: 'string' },
      concurrency: { type: 'string', default: '64' },
      url: { type: 'string' },
      write: { type: 'boolean', default: false },
      'print-policy': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(HELP);
  if (!existsSync(values.data)) {
    return say(`There is no event log at ${values.data}, so nothing was run. Name one with --data <file>.`);
  }
  const traces = (await readXes(values.data)).slice(0, wholeNumber('--limit', values.limit));
  const stories = traces.map(storyOf);
  if (values['print-policy']) return say(policyFor(stories));
  const submissions = stories.flatMap((story) => story.submissions);
  say(
    `${traces.length} declarations in ${variantsOf(traces).length} variants: ${submissions.length} requests on ` +
      `${new Set(submissions.map(actionOf)).size} routes. Every variant is mapped.`,
  );
  const server = values.url === undefined ? await startServer({ policy: policyFor(stories) }) : undefined;
  const concurrency = wholeNumber('--concurrency', values.concurrency) ?? 64;
  try {
    const exitCode = await run(traces, stories, { ...reach(server, values.url), concurrency });
    if (values.write && exitCode === 0) writeReport();
    return exitCode;
  } finally {
    await server?.stop();
  }
}

function writeReport(): void {
  const from = `\`pnpm bench:declarations --write\` on ${new Date().toISOString().slice(0, 10)}; ${machineFacts().join('; ')}.`;
  writeSection('declarations', `\`\`\`text\n${told.join('\n')}\n\`\`\`\n\n${from}`);
}

interface Reached {
  readonly url: string;
  readonly mint: RunningServer['mint'];
}

function reach(server: RunningServer | undefined, url: string | undefined): Reached {
  if (server) return server;
  const secret = process.env.JWT_SECRET;
  if (!url || !secret) throw new Error('--url needs JWT_SECRET in the environment, to mint tokens with');
  return { url, mint: createMint(secret.split(',')[0] as string) };
}

async function run(
  traces: readonly LogTrace[],
  stories: readonly Story[],
  { url, mint, concurrency }: Reached & { concurrency: number },
): Promise<number> {
  const api = openApi(url, concurrency);
  const runId = randomUUID();
  const since = new Date(Date.now() - 60_000).toISOString();
  try {
    const onProgress = progressOn(process.stderr, stories.length);
    const driven = await drive(stories, { api, mint, run: runId, concurrency, onProgress });
    tellSpeed(driven, concurrency, api.repeats);
    const actions = [...new Set(stories.flatMap((story) => story.submissions).map(actionOf))];
    const token = await mint({ sub: AUDITOR, roles: ['auditor'] });
    const found = await readRun(api, token, { run: runId, actions, since, positions: driven.positions });
    return prove(traces, stories, driven, found);
  } finally {
    await api.close();
  }
}

function tellSpeed(driven: Driven, concurrency: number, repeats: number): void {
  say(
    `\n${concurrency} declarations at once, ${driven.seconds.toFixed(1)} s, ${repeats} calls sent again:\n`,
  );
  say(speedReport(driven));
}

/** @returns the exit code */
function prove(
  traces: readonly LogTrace[],
  stories: readonly Story[],
  driven: Driven,
  found: ReadSide,
): number {
  // A declaration that was saved and never submitted asked for nothing: there is nothing to be found of it.
  const expected = stories.filter(({ submissions }) => submissions.length > 0).map(expectedChain);
  const differences = compareChains(expected, found.chains);
  const totals = totalsOf(countActivities(traces), stories, found.chains);
  const off = totals.filter(({ log, ledger }) => log !== ledger);
  say(`\nFrom the read side (${found.requests} requests listed, ${found.auditRows} audit rows):\n`);
  say(totalsReport(totals));
  const observed = observationsOf(stories).map(({ what, count }) => `${what} ${count}`);
  say(`\nSteps that ask nothing of the ledger: ${observed.join(', ')}.`);
  for (const { declaration, why } of driven.failures.slice(0, 20)) say(`FAILED ${declaration}: ${why}`);
  if (differences.length > 0) say(`\n${differencesReport(differences)}`);
  if (differences.length + off.length + driven.failures.length > 0) {
    const counts = `${differences.length} submissions differ, ${off.length} totals differ, ${driven.failures.length} failed`;
    return say(`\nNOT as the log says: ${counts}.`, 1);
  }
  return say(`\nEvery one of ${stories.length} declarations ended as the log says.`);
}

function say(text: string, exitCode = 0): number {
  told.push(text);
  process.stdout.write(`${text}\n`);
  return exitCode;
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new Error(`${name} must be a whole number from 1 on, not "${text}"`);
  return Number(text);
}
