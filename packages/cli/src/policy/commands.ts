import {
  type Explanation,
  explainAction,
  formatPolicyError,
  loadPolicy,
  type Policy,
} from '@countersign/domain';
import { CliError } from '../cli-error.ts';
import { type ConnectOptions, connectAsAdmin } from '../client/connect.ts';
import { EXIT } from '../exit-codes.ts';
import { type Format, present } from '../output/format.ts';
import type { Io } from '../output/io.ts';
import { readPolicyBundle } from './bundle.ts';
import { describeExplanation } from './explain.ts';

const DEFAULT_FILE = 'infra/policy/policy.yaml';

export interface PolicyOptions {
  readonly output: Format;
  readonly file?: string;
}

/** `countersign policy validate`: without a server. Exit code 15 when the policy has errors. */
export async function validatePolicy(
  io: Io,
  file: string | undefined,
  { output }: PolicyOptions,
): Promise<number> {
  const bundle = await readPolicyBundle(fileOf(io, file));
  const { policy, errors } = loadPolicy(bundle);
  if (errors) {
    if (output === 'json') io.out(JSON.stringify({ valid: false, errors }, null, 2));
    for (const error of errors) io.say(formatPolicyError(error));
    io.say(`${bundle.file}: ${errors.length === 1 ? '1 error' : `${errors.length} errors`}`);
    return EXIT.refused;
  }
  const { hash, rules } = policy;
  present(io, output, { valid: true, hash, actions: rules.map(({ key }) => key) }, () => {
    return `${bundle.file} is valid: ${rules.length} actions, ${hash}`;
  });
  return EXIT.ok;
}

/** `countersign policy explain`: what a policy asks of one action. Exit code 15 when it does not know the action. */
export async function explainPolicy(
  io: Io,
  action: string,
  { output, file }: PolicyOptions,
): Promise<number> {
  const explanation: Explanation = explainAction(await loadOrFail(fileOf(io, file)), action);
  present(io, output, explanation, () => describeExplanation(explanation));
  return explanation.known ? EXIT.ok : EXIT.refused;
}

/** `countersign policy reload`: the server reads its file anew; in force when this returns. */
export async function reloadPolicy(
  io: Io,
  { output, ...options }: ConnectOptions & PolicyOptions,
): Promise<number> {
  const http = connectAsAdmin(options, io.env);
  const { body } = await http.send<{ hash: string; changed: boolean }>({
    method: 'POST',
    path: '/api/admin/reload-policy',
    repeatable: true,
  });
  present(io, output, body, () => `${body.changed ? 'now in force' : 'already in force'}: ${body.hash}`);
  return EXIT.ok;
}

function fileOf({ env }: Io, file: string | undefined): string {
  return file ?? (env.POLICY_PATH || DEFAULT_FILE);
}

async function loadOrFail(file: string): Promise<Policy> {
  const { policy, errors } = loadPolicy(await readPolicyBundle(file));
  if (policy) return policy;
  throw new CliError(errors.map(formatPolicyError).join('\n'), EXIT.refused);
}
