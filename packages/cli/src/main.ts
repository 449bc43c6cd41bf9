import { CommanderError } from 'commander';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-codes.ts';
import { type Io, processIo } from './output/io.ts';
import { createProgram } from './program.ts';

/** Runs one command line. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader that has seen enough (`countersign list | head`) closes the pipe; that is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const io = processIo();
  let exitCode: number = EXIT.ok;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(io, error);
  }
}

function report(io: Io, error: unknown): number {
  // Commander has said what is wrong, or printed the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CliError) {
    io.say(`countersign: ${error.message}`);
    return error.exitCode;
  }
  io.say(`countersign: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return EXIT.error;
}
