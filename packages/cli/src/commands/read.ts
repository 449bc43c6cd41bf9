import type { Command } from 'commander';
import type { Io } from '../output/io.ts';
import type { Finish } from './finish.ts';
import { connected } from './options.ts';

/** Looking at requests, and at oneself. */
export function addReadingCommands(program: Command, io: Io, finish: Finish): void {
  connected(
    program
      .command('list')
      .description('requests that you may see, newest first')
      .option('--status <status>', 'pending, approved, rejected, expired, cancelled …')
      .option('--action <name>', 'of this action')
      .option('--requester <person>', 'asked for by this person or machine')
      .option('--mine', 'asked for by yourself')
      .option('--waiting-on-me', 'that go on when you act')
      .option('--since <moment>', 'made since a moment (RFC 3339), or in the last 90s, 10m, 2h, 1d …')
      .option('--limit <n>', 'so many', '50')
      .option('--offset <n>', 'leave out the first so many', '0'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  countersign list --waiting-on-me --since 1d\n  countersign list --status pending -o json',
    )
    .action(async (options) => {
      finish(await (await import('../requests/list.ts')).list(io, options));
    });

  connected(
    program
      .command('show')
      .description('a request as it stands')
      .argument('<id>', 'request id')
      .option('-e, --events', 'with everything that happened to it'),
  )
    .addHelpText('after', '\nExample:\n  countersign show 0193a0f2-… --events')
    .action(async (id, options) => {
      finish(await (await import('../requests/show.ts')).show(io, id, options));
    });

  connected(program.command('whoami').description('who the server takes you for'))
    .addHelpText('after', '\nExample:\n  countersign whoami --as alice')
    .action(async (options) => {
      finish(await (await import('../requests/whoami.ts')).whoami(io, options));
    });
}
