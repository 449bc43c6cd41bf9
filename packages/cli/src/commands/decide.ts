import type { Command } from 'commander';
import type { Io } from '../output/io.ts';
import type { Finish } from './finish.ts';
import { collect, connected } from './options.ts';

const implementation = () => import('../requests/decide.ts');

/** What people do with a request. */
export function addDecidingCommands(program: Command, io: Io, finish: Finish): void {
  addAck(program, io, finish);
  addVotes(program, io, finish);
  addCancel(program, io, finish);
  addBreakGlass(program, io, finish);
}

function addAck(program: Command, io: Io, finish: Finish): void {
  connected(
    program
      .command('ack')
      .description('acknowledge a request as a persona, or take that back')
      .argument('<id>', 'request id')
      .argument('<persona>', 'such as on-call')
      .option('--withdraw', 'take the acknowledgement back'),
  )
    .addHelpText('after', '\nExample:\n  countersign ack 0193a0f2-… on-call')
    .action(async (id, persona, options) => {
      finish(await (await implementation()).acknowledge(io, id, persona, options));
    });
}

function addVotes(program: Command, io: Io, finish: Finish): void {
  const vote = (command: Command) =>
    connected(command)
      .option('-n, --note <text>', 'recorded with the vote')
      .option('--params-hash <hash>', 'what you were shown; refused if the parameters have changed since')
      .option('--stage <name>', 'the stage you mean, where there could be doubt');

  vote(program.command('approve').description('approve a request').argument('<id>', 'request id'))
    .option('--override <pair>', 'edit a parameter: key=text, or key:=json (repeatable)', collect)
    .addHelpText(
      'after',
      `
Examples:
  countersign approve 0193a0f2-… --note "checked the plan"
  countersign approve 0193a0f2-… --override batchSize:=500`,
    )
    .action(async (id, options) => {
      finish(await (await implementation()).vote(io, id, 'approved', options));
    });

  vote(program.command('deny').description('deny a request').argument('<id>', 'request id'))
    .addHelpText('after', '\nExample:\n  countersign deny 0193a0f2-… --note "not during the freeze"')
    .action(async (id, options) => {
      finish(await (await implementation()).vote(io, id, 'rejected', options));
    });
}

function addCancel(program: Command, io: Io, finish: Finish): void {
  connected(
    program
      .command('cancel')
      .description('withdraw your own request')
      .argument('<id>', 'request id')
      .option('--reason <text>', 'recorded with it'),
  )
    .addHelpText('after', '\nExample:\n  countersign cancel 0193a0f2-… --reason "no longer needed"')
    .action(async (id, options) => {
      finish(await (await implementation()).cancel(io, id, options));
    });
}

function addBreakGlass(program: Command, io: Io, finish: Finish): void {
  connected(
    program
      .command('break-glass')
      .description('force a decision as a super-approver; it stands out in the record and must be reviewed')
      .argument('<id>', 'request id')
      .requiredOption('--reason <text>', 'why the ordinary way is closed, 10 characters or more')
      .option('--approve', 'force an approval')
      .option('--deny', 'force a denial'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  countersign break-glass 0193a0f2-… --approve --reason "site down, nobody reachable"',
    )
    .action(async (id, options) => {
      finish(await (await implementation()).breakGlass(io, id, options));
    });

  connected(
    program
      .command('review')
      .description('sign off a forced decision, as another super-approver')
      .argument('<id>', 'request id')
      .option('-n, --note <text>', 'recorded with it'),
  )
    .addHelpText('after', '\nExample:\n  countersign review 0193a0f2-… --note "was right: site down"')
    .action(async (id, options) => {
      finish(await (await implementation()).review(io, id, options));
    });
}
