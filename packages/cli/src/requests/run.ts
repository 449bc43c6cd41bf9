import { usageError } from '../cli-error.ts';
import { connectAsSomebody } from '../client/connect.ts';
import type { GuardState } from '../client/wire.ts';
import { EXIT, exitCodeOfStatus } from '../exit-codes.ts';
import { type Io, printable } from '../output/io.ts';
import { parseDuration } from './duration.ts';
import { follow, sayAsked } from './follow.ts';
import { type AskOptions, ask } from './request.ts';
import { runOnce } from './spawn.ts';

export interface RunOptions extends AskOptions {
  readonly action: string;
  readonly timeout?: string;
}

/** `countersign run`: asks, waits, and runs the command once if it was approved; otherwise never. */
export async function run(io: Io, command: readonly string[], options: RunOptions): Promise<number> {
  const [program, ...args] = command;
  if (program === undefined) throw usageError('write the command to run after --');
  const timeoutMs = options.timeout === undefined ? undefined : parseDuration(options.timeout);
  const http = connectAsSomebody(options, io.env);
  const created = await ask(http, options.action, options);
  sayAsked(io, created, options.action);
  const state = await follow(io, http, created.token, { until: 'decided', timeoutMs });
  const outcome = exitCodeOfStatus(state.status);
  if (outcome !== EXIT.ok) {
    io.say(`not run: ${describeEnd(state)}`);
    return outcome;
  }
  return runOnce(io, program, args, {
    ...io.env,
    COUNTERSIGN_REQUEST_ID: state.requestId,
    COUNTERSIGN_PARAMS: JSON.stringify(state.params),
  });
}

function describeEnd({ requestId, status, decision }: GuardState): string {
  const who = decision
    ? ` by ${printable(decision.by)}${decision.note ? ` (${printable(decision.note)})` : ''}`
    : '';
  return `request ${requestId} is ${status}${who}`;
}
