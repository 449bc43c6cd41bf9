import { Command } from 'commander';
import { addAskingCommands } from './commands/ask.ts';
import { addDecidingCommands } from './commands/decide.ts';
import type { Finish } from './commands/finish.ts';
import { addGoverningCommands } from './commands/govern.ts';
import { addOperatingCommands } from './commands/operate.ts';
import { addReadingCommands } from './commands/read.ts';
import type { Io } from './output/io.ts';

/**
 * The whole command line. Commands are described here and loaded when they are called, so that start-up stays quick.
 * @param finish is told the exit code of the command that ran
 */
export function createProgram(io: Io, finish: Finish): Command {
  const program = new Command('countersign')
    .description('Ask for approval, decide, and keep the record.')
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({ getOutHelpWidth: () => 110, getErrHelpWidth: () => 110 })
    .showHelpAfterError('(countersign <command> --help tells more)')
    .exitOverride()
    .addHelpText('after', EXIT_CODES);
  addAskingCommands(program, io, finish);
  addDecidingCommands(program, io, finish);
  addReadingCommands(program, io, finish);
  addGoverningCommands(program, io, finish);
  addOperatingCommands(program, io, finish);
  return program;
}

const EXIT_CODES = `
Exit codes:
  0 approved, or done    10 denied      11 expired              12 cancelled
  13 dispatch failed     14 pending     15 refused by policy    77 not authorised
  1 error                2 wrong usage  130 interrupted`;
