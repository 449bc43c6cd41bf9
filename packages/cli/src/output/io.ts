import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where a command writes. Machine output goes to stdout only, everything for people beside it to stderr. */
export interface Io {
  readonly env: NodeJS.ProcessEnv;
  /** One result, to stdout, with a newline. */
  out(text: string): void;
  /** One remark, to stderr, with a newline. */
  say(text: string): void;
  /** Coloured where stdout is a terminal that wants colour. */
  style(style: Style, text: string): string;
}

export function processIo(): Io {
  const { env, stdout, stderr } = process;
  const coloured = stdout.isTTY === true && !env.NO_COLOR && env.CI !== 'true' && env.CI !== '1';
  return {
    env,
    out: (text) => void stdout.write(`${text}\n`),
    say: (text) => void stderr.write(`${text}\n`),
    style: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
  };
}

/** Text of others (titles, notes, names) as a terminal may show it: no escape sequences, no control characters, one line. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
