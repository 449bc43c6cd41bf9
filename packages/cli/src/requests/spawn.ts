import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../output/io.ts';

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGINT', 'SIGQUIT'] as const;
/** A terminal sends these to the command itself as well; once is enough. */
const SENT_BY_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/** Runs a command with our streams, hands signals on to it, and returns its exit code as a shell would. */
export async function runOnce(
  io: Io,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', env });
  const handlers = FORWARDED.map((name) => {
    const handler = () => {
      if (!(process.stdin.isTTY && SENT_BY_TERMINAL.includes(name))) child.kill(name);
    };
    process.on(name, handler);
    return () => process.off(name, handler);
  });
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    io.say(`approved, but ${program} could not be run: ${message}`);
    return code === 'ENOENT' ? EXIT.notFound : EXIT.notExecutable;
  } finally {
    for (const remove of handlers) remove();
  }
}
