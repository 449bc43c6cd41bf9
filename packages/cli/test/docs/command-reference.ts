import type { Command } from 'commander';
import { processIo } from '../../src/output/io.ts';
import { createProgram } from '../../src/program.ts';

export function program(): Command {
  return createProgram(processIo(), () => {});
}

/** Every command that can be run, in the order of the help, with its whole name. */
export function allCommands(): { name: string; command: Command }[] {
  return program().commands.flatMap((command) =>
    command.commands.length === 0
      ? [{ name: command.name(), command }]
      : command.commands.map((inner) => ({ name: `${command.name()} ${inner.name()}`, command: inner })),
  );
}

/** The commands' own help, as `docs/cli.md` shows it. */
export function commandReference(): string {
  return allCommands()
    .map(({ name, command }) => `### ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``)
    .join('\n\n');
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (more) => {
      text += more;
    },
  });
  command.outputHelp();
  return text.trim();
}
