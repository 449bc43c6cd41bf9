import { readFileSync } from 'node:fs';
import { REFUSAL_CODES } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import { PROBLEM_CODES, PROBLEMS } from '../../src/index.ts';

const text = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
const rows = [...text.matchAll(/^\| `(\w+)` +\| (\d+) +\| ([^|]+?) +\| ([^|]+?) +\|$/gm)].map(
  ([, code, status, title, meaning]) => ({ code, status: Number(status), title, meaning }),
);

describe('docs/errors.md', () => {
  test('lists every code once, with the status and title of the table', () => {
    const documented = rows.map(({ code, status, title }) => ({ code, status, title }));
    const byCode = (a: { code?: string | undefined }, b: { code?: string | undefined }) =>
      String(a.code).localeCompare(String(b.code));
    const table = PROBLEM_CODES.map((code) => ({ code, ...PROBLEMS[code] }));
    expect(documented.toSorted(byCode)).toEqual(table.toSorted(byCode));
  });

  test('says of each what it means', () => {
    expect(rows.filter(({ meaning }) => (meaning ?? '').trim().length < 10)).toEqual([]);
  });
});

test('every refusal of the domain has a status of the 400s', () => {
  for (const code of REFUSAL_CODES) expect(Math.floor(PROBLEMS[code].status / 100)).toBe(4);
});
