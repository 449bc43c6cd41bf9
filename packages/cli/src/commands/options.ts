import { type Command, Option } from 'commander';
import { FORMATS } from '../output/format.ts';

/** Options that several commands have in common, each worded once. */

export function output(command: Command): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'how the result is written to stdout')
      .choices(FORMATS)
      .default('table'),
  );
}

/** For commands that bring their own callers. */
export function calling(command: Command): Command {
  return output(command).option('--url <url>', 'server to call (COUNTERSIGN_URL)');
}

export function connected(command: Command): Command {
  return calling(command)
    .option('--token <token>', 'token or API key to call with (better: COUNTERSIGN_TOKEN)')
    .option('--as <person>', "call as one of a development server's people, such as alice");
}

export function asAdmin(command: Command): Command {
  return calling(command).option('--admin-token <token>', 'admin token of the server (better: ADMIN_TOKEN)');
}

export function waiting(command: Command): Command {
  return command
    .addOption(
      new Option('--until <state>', 'wait for the decision, or for what follows it')
        .choices(['decided', 'dispatched'])
        .default('decided'),
    )
    .option('--timeout <duration>', 'stop waiting after 90s, 10m, 2h …: exit code 14, the request lives on');
}

/** What is asked, for `request` and `run`. */
export function asking(command: Command): Command {
  return command
    .option('-p, --param <pair>', 'a parameter: key=text, or key:=json (repeatable)', collect)
    .option('--params <json>', 'all parameters: a JSON object, @file, or - for stdin')
    .option('-j, --justification <text>', 'why')
    .option('--on-behalf-of <person>', 'the person it is for; may then not approve it')
    .option('--previous <id>', 'the request that this one repeats')
    .option('--callback-url <url>', 'where the decision is posted')
    .option('--state <text>', 'text of your own that comes back with every answer')
    .option('--idempotency-key <key>', 'the same key and request is the same request, for ever');
}

export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
