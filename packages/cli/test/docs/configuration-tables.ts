import { CLIENT_VARIABLES } from '../../src/config/client-variables.ts';
import type { Variable } from '../../src/config/variable.ts';
import { SECTIONS } from '../../src/config/variables.ts';

/** The tables of `docs/configuration.md`, made from the table that the program reads. */
export function referenceTables(): string {
  const server = Object.entries(SECTIONS).map(([title, variables]) => {
    const rows = Object.values<Variable>(variables).map(row);
    return [
      `### ${title}`,
      '',
      '| variable | value | default | meaning |',
      '| --- | --- | --- | --- |',
      ...rows,
    ].join('\n');
  });
  const client = Object.entries(CLIENT_VARIABLES).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
  return [
    '## The server',
    ...server,
    '## The other commands',
    ['| variable | meaning |', '| --- | --- |', ...client].join('\n'),
  ].join('\n\n');
}

function row({ name, type, fallback, meaning, secret, waitsFor }: Variable): string {
  const value = secret ? `${type.words}, **secret**` : type.words;
  const later =
    waitsFor === undefined
      ? ''
      : ` *Waits for ${waitsFor}: without effect in this version, and said so at start.*`;
  return `| \`${name}\` | ${value} | ${fallback ? `\`${fallback}\`` : '—'} | ${meaning}${later} |`;
}
