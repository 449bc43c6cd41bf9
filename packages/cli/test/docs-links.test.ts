import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  return [...top, ...docs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];
}

/** Where a page points to within the project: `[text](path)`, without anchors and addresses of the web. */
function links(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/```[\s\S]*?```/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));
}

test.each(pages())('%s points only to what is there', (page) => {
  const broken = links(page).filter((target) => !existsSync(resolve(ROOT, dirname(page), target)));
  expect(broken).toEqual([]);
});

/** What each file of the walk calls, or is, next. */
const WALK = [
  'command(',
  'ledger.execute',
  'executor.execute',
  'transact',
  'decide(',
  'decideRequest',
  'ApprovalGranted',
  'ApprovalGranted',
  'append',
  'continueLife',
];

test('the way of one command leads through files that are there, each naming the next step', () => {
  const walk = links('docs/architecture.md').filter((target) => target.startsWith('../packages/'));
  expect(walk).toHaveLength(WALK.length);
  const lost = walk.filter((target, step) => {
    const text = readFileSync(resolve(ROOT, 'docs', target), 'utf8');
    return !text.includes(WALK[step] ?? '');
  });
  expect(lost).toEqual([]);
});
