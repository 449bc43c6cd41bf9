import type { Command } from 'commander';
import type { Io } from '../output/io.ts';
import type { Finish } from './finish.ts';
import { asking, connected, waiting } from './options.ts';

/** Asking for approval and waiting for it. */
export function addAskingCommands(program: Command, io: Io, finish: Finish): void {
  addRequest(program, io, finish);
  addWait(program, io, finish);
  addRun(program, io, finish);
}

function addRequest(program: Command, io: Io, finish: Finish): void {
  const request = program
    .command('request')
    .description('ask for approval of an action; prints the request and its wait token')
    .argument('<action>', 'name of the action, as the policy knows it')
    .option('-w, --wait', 'wait for the decision; the exit code then tells it');
  waiting(asking(connected(request)))
    .addHelpText(
      'after',
      `
Examples:
  countersign request deploy.production -p version=1.4.2 -p replicas:=3 -j "fixes the login"
  countersign request db.migrate --params @migration.json --wait --timeout 2h`,
    )
    .action(async (action, options) => {
      finish(await (await import('../requests/request.ts')).request(io, action, options));
    });
}

function addWait(program: Command, io: Io, finish: Finish): void {
  const wait = program
    .command('wait')
    .description('wait until a request is decided; the exit code tells how')
    .argument('<id-or-token>', 'a wait token, or a request id for those who may read the request');
  waiting(connected(wait))
    .addHelpText(
      'after',
      `
Examples:
  countersign wait "$TOKEN" --timeout 15m && ./deploy.sh
  countersign wait 0193a0f2-… --as alice -o json`,
    )
    .action(async (idOrToken, options) => {
      finish(await (await import('../requests/wait.ts')).wait(io, idOrToken, options));
    });
}

function addRun(program: Command, io: Io, finish: Finish): void {
  const run = program
    .command('run')
    .description('ask, wait, and run a command once if it was approved; its exit code is passed on')
    .argument('<command...>', 'what to run, after --')
    .requiredOption('--action <name>', 'name of the action, as the policy knows it')
    .option('--timeout <duration>', 'stop waiting after 90s, 10m, 2h …: exit code 14, nothing is run');
  asking(run)
    .option('--url <url>', 'server to call (COUNTERSIGN_URL)')
    .option('--token <token>', 'token or API key to call with (better: COUNTERSIGN_TOKEN)')
    .option('--as <person>', "call as one of a development server's people, such as ci")
    .addHelpText(
      'after',
      `
The command finds the approved parameters, which an approver may have edited, in COUNTERSIGN_PARAMS (JSON),
and the request's id in COUNTERSIGN_REQUEST_ID.

Examples:
  countersign run --action deploy.production -p version=1.4.2 -- ./deploy.sh --fast
  countersign run --action report.daily --as ci -- sh -c 'echo "$COUNTERSIGN_PARAMS"'`,
    )
    .action(async (command, options) => {
      finish(await (await import('../requests/run.ts')).run(io, command, options));
    });
}
