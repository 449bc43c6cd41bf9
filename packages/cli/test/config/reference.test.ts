import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { referenceTables } from '../../src/config/reference.ts';
import { RETIRED } from '../../src/config/retired.ts';

const document = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8');

test('docs/configuration.md holds the tables that the program reads', () => {
  const [, tables] = /<!-- tables -->\n\n([\s\S]*?)\n\n<!-- end of tables -->/.exec(document) ?? [];
  expect(tables).toBe(referenceTables());
});

test('docs/configuration.md names every variable that is refused', () => {
  for (const name of Object.keys(RETIRED)) expect(document).toContain(`\`${name}\``);
});
