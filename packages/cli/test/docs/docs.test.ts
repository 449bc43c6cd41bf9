import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { RETIRED } from '../../src/config/retired.ts';
import { SECTIONS } from '../../src/config/variables.ts';
import { EXIT } from '../../src/exit-codes.ts';
import { allCommands, commandReference } from './command-reference.ts';
import { referenceTables } from './configuration-tables.ts';

/** `UPDATE_DOCS=1` writes the made parts anew instead of comparing them. */
function madePart(name: string, made: string): { text: string; part: string | undefined } {
  const file = new URL(`../../../../docs/${name}`, import.meta.url);
  const region = /<!-- made -->\n\n[\s\S]*?\n*<!-- end of made -->/;
  if (process.env.UPDATE_DOCS === '1') {
    const filled = readFileSync(file, 'utf8').replace(
      region,
      () => `<!-- made -->\n\n${made}\n\n<!-- end of made -->`,
    );
    writeFileSync(file, filled);
  }
  const text = readFileSync(file, 'utf8');
  return {
    text,
    part: region.exec(text)?.[0].replace('<!-- made -->\n\n', '').replace('\n\n<!-- end of made -->', ''),
  };
}

describe('docs/configuration.md', () => {
  const { text, part } = madePart('configuration.md', referenceTables());

  test('holds the tables that the program reads', () => {
    expect(part).toBe(referenceTables());
  });

  test('names every variable that is refused', () => {
    for (const name of Object.keys(RETIRED)) expect(text).toContain(`\`${name}\``);
  });
});

describe('docs/cli.md', () => {
  const { text, part } = madePart('cli.md', commandReference());

  test("holds every command's own help", () => {
    expect(part).toBe(commandReference());
  });

  test('every command has a description and an example', () => {
    for (const { name, command } of allCommands()) {
      expect([name, command.description()]).toEqual([name, expect.stringMatching(/\w+/)]);
    }
    const examples = commandReference().match(/^Examples?:$/gm);
    expect(examples).toHaveLength(allCommands().length);
  });

  test('names every exit code', () => {
    for (const code of Object.values(EXIT)) expect(text).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
  });
});

describe('packages/connectors/README.md', () => {
  const text = readFileSync(new URL('../../../connectors/README.md', import.meta.url), 'utf8');

  test('names no variable that the program does not read', () => {
    const read: string[] = Object.values(SECTIONS).flatMap((section) =>
      Object.values(section).map(({ name }) => name),
    );
    const named = [...text.matchAll(/`((?:WEBHOOK|GITHUB|SHAREPOINT)_[A-Z_]+)`/g)].map(
      ([, name = '']) => name,
    );
    expect(named).toContain('WEBHOOK_SECRETS');
    expect(named.filter((name) => !read.includes(name))).toEqual([]);
  });
});
