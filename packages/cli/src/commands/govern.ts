import type { Command } from 'commander';
import type { Io } from '../output/io.ts';
import type { Finish } from './finish.ts';
import { asAdmin, output } from './options.ts';

/** Policy and projections. */
export function addGoverningCommands(program: Command, io: Io, finish: Finish): void {
  addPolicy(program, io, finish);
  addProjections(program, io, finish);
}

function addPolicy(program: Command, io: Io, finish: Finish): void {
  const policies = () => import('../policy/commands.ts');
  const policy = program.command('policy').description('check, explain and reload the policy');

  output(
    policy
      .command('validate')
      .description('check a policy file and its schemas; exit code 15 when it has errors')
      .argument('[file]', 'default: POLICY_PATH, or infra/policy/policy.yaml'),
  )
    .addHelpText('after', '\nExample:\n  countersign policy validate infra/policy/policy.yaml')
    .action(async (file, options) => {
      finish(await (await policies()).validatePolicy(io, file, options));
    });

  output(
    policy
      .command('explain')
      .description(
        'what a policy asks of an action: who, how many, until when; exit code 15 when it is unknown',
      )
      .argument('<action>', 'name of the action')
      .option('-f, --file <file>', 'default: POLICY_PATH, or infra/policy/policy.yaml'),
  )
    .addHelpText('after', '\nExample:\n  countersign policy explain deploy.production')
    .action(async (action, options) => {
      finish(await (await policies()).explainPolicy(io, action, options));
    });

  asAdmin(policy.command('reload').description('let the server read its policy file anew'))
    .addHelpText('after', '\nExample:\n  countersign policy reload')
    .action(async (options) => {
      finish(await (await policies()).reloadPolicy(io, options));
    });
}

function addProjections(program: Command, io: Io, finish: Finish): void {
  const views = () => import('../operate/projections.ts');
  const projections = program
    .command('projections')
    .description('the views of the instance that answers: look at them, build them anew');

  asAdmin(projections.command('list').description('all views and how they stand'))
    .addHelpText('after', '\nExample:\n  countersign projections list')
    .action(async (options) => {
      finish(await (await views()).listProjections(io, options));
    });

  asAdmin(
    projections.command('status').description('one view in full').argument('<name>', 'such as requests'),
  )
    .addHelpText('after', '\nExample:\n  countersign projections status requests -o json')
    .action(async (name, options) => {
      finish(await (await views()).projectionStatus(io, name, options));
    });

  asAdmin(
    projections
      .command('rebuild')
      .description(
        'build a view anew beside the one in force, which serves readers until the new one takes its place',
      )
      .argument('<name>', 'such as requests')
      .option('--no-wait', 'begin, and do not wait for the end'),
  )
    .addHelpText('after', '\nExample:\n  countersign projections rebuild requests')
    .action(async (name, options) => {
      finish(await (await views()).rebuildProjection(io, name, options));
    });
}
