import { type Command, Option } from 'commander';
import type { Io } from '../output/io.ts';
import type { Finish } from './finish.ts';
import { calling, collect, connected, output } from './options.ts';

/** Running the server, and trying it. */
export function addOperatingCommands(program: Command, io: Io, finish: Finish): void {
  addServe(program, io, finish);
  addTrials(program, io, finish);
  addToken(program, io, finish);
  addHelpers(program, io, finish);
}

function addServe(program: Command, io: Io, finish: Finish): void {
  program
    .command('serve')
    .description('run the server; the environment configures it (docs/configuration.md)')
    .addHelpText(
      'after',
      `
Without JWT_SECRET, JWKS_URL, SLACK_*, an esdb:// store or NODE_ENV=production it is a development server: on loopback
only, with a secret of its own and ready-made tokens, which it prints. SIGHUP reloads the policy; SIGTERM and SIGINT
finish what was begun and stop.

Examples:
  countersign serve
  PORT=9000 STORE=sqlite:/srv/countersign/ledger.db countersign serve`,
    )
    .action(async () => {
      finish(await (await import('../serve/command.ts')).serve(io));
    });
}

function addTrials(program: Command, io: Io, finish: Finish): void {
  calling(
    program
      .command('smoke')
      .description('run whole requests against a server and check what its metrics say'),
  )
    .option('--scenarios <names>', 'any of approve, deny, expire', 'approve,deny,expire')
    .option('--metrics-token <token>', 'where /metrics asks for one (METRICS_TOKEN)')
    .addHelpText(
      'after',
      `
Acts as the people of the example policy and uses its smoke.* actions. Tokens come from the development server beside
it (DATA_DIR), or are minted with JWT_SECRET.

Example:
  countersign smoke --scenarios=approve,deny,expire`,
    )
    .action(async (options) => {
      finish(await (await import('../smoke/command.ts')).smoke(io, options));
    });

  calling(program.command('load').description('put load on a server; prints P50, P95 and P99'))
    .option('--requests <n>', 'so many requests in all', '1000')
    .option('--concurrency <n>', 'so many at a time', '20')
    .addOption(
      new Option('--scenario <name>', 'what becomes of each')
        .choices(['approve', 'deny', 'expire', 'persona'])
        .default('approve'),
    )
    .option('--ramp <duration>', 'reach the full concurrency only after this time', '0s')
    .option('--slack-latency <duration>', 'pause before every decision, as people and Slack would make', '0s')
    .option('--csv <file>', 'write one line per call to a file')
    .addHelpText(
      'after',
      '\nExample:\n  countersign load --requests 2000 --concurrency 40 --scenario persona --csv load.csv',
    )
    .action(async (options) => {
      finish(await (await import('../load/command.ts')).load(io, options));
    });
}

function addToken(program: Command, io: Io, finish: Finish): void {
  output(
    program
      .command('token')
      .description(
        'mint a token, signed with JWT_SECRET or with the secret of the development server beside us',
      )
      .argument('<sub>', 'who it stands for')
      .option(
        '-r, --role <role>',
        'requester, approver, admin or auditor (repeatable; default requester)',
        collect,
      )
      .addOption(
        new Option('--kind <kind>', 'a person or a machine').choices(['human', 'machine']).default('human'),
      )
      .option('--tenant <tenant>', 'default: default')
      .option('-g, --group <group>', 'a group that the token claims (repeatable)', collect)
      .option('--expires-in <duration>', 'good for so long', '1h'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  export COUNTERSIGN_TOKEN="$(countersign token bob --role approver --expires-in 8h)"',
    )
    .action(async (sub, options) => {
      finish(await (await import('../tokens/command.ts')).token(io, sub, options));
    });
}

function addHelpers(program: Command, io: Io, finish: Finish): void {
  connected(
    program.command('doctor').description('check Node, configuration, store, policy, server and clock'),
  )
    .addHelpText('after', '\nExample:\n  countersign doctor')
    .action(async (options) => {
      finish(await (await import('../doctor/command.ts')).doctor(io, options));
    });

  output(program.command('version').description('version of this program and what it runs on'))
    .addHelpText('after', '\nExample:\n  countersign version -o json')
    .action(async (options) => {
      finish((await import('../operate/version.ts')).version(io, options));
    });

  program
    .command('completion')
    .description('completion script for a shell')
    .addArgument(program.createArgument('<shell>', 'which').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
Examples:
  source <(countersign completion bash)
  countersign completion fish > ~/.config/fish/completions/countersign.fish`,
    )
    .action(async (shell) => {
      finish((await import('../operate/completion.ts')).completion(io, program, shell));
    });
}
