import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../output/io.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

/** `countersign completion`: made from the commands themselves, so that it can't fall behind them. */
export function completion(io: Io, program: Command, shell: Shell): number {
  const words = new Map<string, string[]>([['', program.commands.map((command) => command.name())]]);
  for (const command of program.commands) {
    words.set(command.name(), wordsAfter(command));
    for (const inner of command.commands) words.set(`${command.name()} ${inner.name()}`, wordsAfter(inner));
  }
  io.out(SCRIPTS[shell](words));
  return EXIT.ok;
}

function wordsAfter(command: Command): string[] {
  const options = command.options.map((option) => option.long ?? option.short ?? '').filter(Boolean);
  return [...command.commands.map((inner) => inner.name()), ...options, '--help'];
}

type Words = ReadonlyMap<string, readonly string[]>;

const SCRIPTS: Readonly<Record<Shell, (words: Words) => string>> = {
  bash: (words) => `${shellFunction(words)}\n_countersign_complete() {
  local IFS=$' \\n'
  COMPREPLY=($(compgen -W "$(_countersign_words "\${COMP_WORDS[1]}" "\${COMP_WORDS[2]}" "$COMP_CWORD")" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _countersign_complete countersign`,
  zsh: (words) => `#compdef countersign\n${shellFunction(words)}\n_countersign() {
  compadd -- \${(z)"$(_countersign_words "$words[2]" "$words[3]" $((CURRENT - 1)))"}
}
compdef _countersign countersign`,
  fish: (words) =>
    [...words]
      .map(([path, list]) => `complete -c countersign -f -n '${fishCondition(path)}' -a '${list.join(' ')}'`)
      .join('\n'),
};

/** Prints the words that may follow; the arguments are the first two words and the index of the one being typed. */
function shellFunction(words: Words): string {
  const cases = [...words].filter(([path]) => path !== '');
  const deep = cases.filter(([path]) => path.includes(' '));
  const flat = cases.filter(([path]) => !path.includes(' '));
  const branch = ([path, list]: [string, readonly string[]]) => `    "${path}") echo "${list.join(' ')}" ;;`;
  return `_countersign_words() {
  if [ "$3" -le 1 ]; then echo "${(words.get('') ?? []).join(' ')}"; return; fi
  if [ "$3" -gt 2 ]; then case "$1 $2" in
${deep.map((entry) => branch(entry).replace(' ;;', '; return ;;')).join('\n')}
  esac; fi
  case "$1" in
${flat.map(branch).join('\n')}
  esac
}`;
}

function fishCondition(path: string): string {
  if (path === '') return '__fish_use_subcommand';
  const [command, inner] = path.split(' ');
  return inner === undefined
    ? `__fish_seen_subcommand_from ${command}`
    : `__fish_seen_subcommand_from ${command}; and __fish_seen_subcommand_from ${inner}`;
}
