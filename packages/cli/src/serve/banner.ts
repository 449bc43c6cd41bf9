import type { PolicyBundle } from '@countersign/application';
import { explainAction, loadPolicy } from '@countersign/domain';
import type { Config } from '../config/config.ts';
import type { SlackMode } from '../config/mode.ts';
import type { Io } from '../output/io.ts';
import { devFilePath } from '../tokens/dev-file.ts';
import type { DevelopmentCredentials } from './credentials.ts';

const SLACK: Readonly<Record<SlackMode, (simulatorUrl: string | null) => string>> = {
  off: () => 'none',
  simulated: (url) => `${url} (simulated: open it to see and decide what is asked)`,
  http: () => 'over HTTP, at /slack/events',
  socket: () => 'by Socket Mode',
};

/** What whoever starts the server is told, on stderr: where, with what, and how to try it. */
export function sayStarted(
  io: Io,
  config: Config,
  { url, simulatorUrl }: { readonly url: string; readonly simulatorUrl: string | null },
  inForce: string,
): void {
  io.say(`countersign listens on ${url} (${config.mode})`);
  io.say(`  ledger  ${withoutPassword(config.store)}`);
  io.say(`  policy  ${config.policyPath} (in force: ${inForce})`);
  io.say(`  slack   ${SLACK[config.slackMode](simulatorUrl)}`);
}

/** Only of a development server: its tokens are worth nothing beyond this machine and this start. */
export function sayHowToTry(
  io: Io,
  config: Config,
  url: string,
  { tokens }: DevelopmentCredentials,
  bundle: PolicyBundle,
): void {
  const steps = stepsFor(bundle, url, tokens);
  io.say(`  tokens  ${devFilePath(config.dataDir)}: ${Object.keys(tokens).join(', ')}`);
  if (steps.length === 0) return;
  io.say('\nTry it: paste these into another shell.\n');
  for (const { says, command } of steps) io.say(`# ${says}\n${command}\n`);
}

interface Step {
  readonly says: string;
  readonly command: string;
}

const EXAMPLE = 'deploy.production';

/** The example policy's deployment, from asked to approved; nothing under a policy that says otherwise. */
function stepsFor(bundle: PolicyBundle, url: string, tokens: DevelopmentCredentials['tokens']): Step[] {
  const { policy } = loadPolicy(bundle);
  const rule = policy && explainAction(policy, EXAMPLE);
  if (!rule?.known || rule.autoApprove) return [];
  const groups = rule.stages.flatMap(({ require }) => require.map(({ people, min }) => people.slice(0, min)));
  const voters = groups.flat();
  const personas = rule.personas.map(({ name, people }) => ({ name, by: people[0] }));
  if (![...voters, ...personas.map(({ by }) => by)].every((name) => name !== undefined && tokens[name]))
    return [];
  const call = (path: string, by: string | undefined, body: string) =>
    [
      `curl -sS -w '\\n' -X POST ${url}${path}`,
      `  -H 'authorization: Bearer ${tokens[by ?? '']}'`,
      `  -H 'content-type: application/json' -H 'x-puddlejumper-request: true'`,
      `  -d '${body}'`,
    ].join(' \\\n');
  const ask = call('/api/guard/request', 'ci', `{"action":"${EXAMPLE}","params":{"version":"1.4.2"}}`);
  return [
    {
      says: 'the machine "ci" asks; the answer holds the request id and a wait token',
      command: `ANSWER=$(${ask})\necho "$ANSWER"\n${pick('ID', 'requestId')}\n${pick('TOKEN', 'token')}`,
    },
    ...personas.map(({ name, by }) => ({
      says: `${by} acknowledges as ${name}`,
      command: call(`/api/approvals/$ID/personas/${name}/ack`, by, '{}'),
    })),
    ...voters.map((by) => ({
      says: `${by} approves`,
      command: call('/api/approvals/$ID/decide', by, '{"status":"approved"}'),
    })),
    {
      says: 'the wait token tells the outcome, as a stream of events that ends with it',
      command: `curl -sSN "${url}/api/guard/wait-sse?token=$TOKEN"`,
    },
    {
      says: 'the record of it, as alice may read it',
      command: `curl -sS -w '\\n' "${url}/api/approvals/$ID/events" -H 'authorization: Bearer ${tokens.alice}'`,
    },
  ];
}

function pick(variable: string, member: string): string {
  return `${variable}=$(echo "$ANSWER" | sed 's/.*"${member}":"\\([^"]*\\)".*/\\1/')`;
}

/** Connection strings may carry a password. */
function withoutPassword(store: string): string {
  return store.replace(/\/\/[^@/]*@/, '//…@');
}
