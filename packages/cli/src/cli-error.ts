import { EXIT } from './exit-codes.ts';

/** Ends a command with a message for people and a code for the shell. No stack is shown: nothing is broken. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.error, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

/** The command was called in a way that it can't be. */
export function usageError(message: string): CliError {
  return new CliError(message, EXIT.usage);
}
