import { expect, test } from '@jest/globals';
import { callOf, resultOf } from '../support/calls.ts';
import { describeGitHub } from './double/description.ts';
import { bench, where } from './support.ts';

const here = bench();

describeGitHub('open-pull-request', () => {
  const input = {
    ...where,
    title: 'Deploy 2',
    body: 'Why',
    message: 'deploy: version 2',
    draft: true,
    files: [
      { path: 'env/prod.yml', content: 'version: 2\n' },
      { path: 'logo.bin', content: 'AP8B', encoding: 'base64' },
      { path: 'run.sh', content: '#!/bin/sh\n', executable: true },
      { path: 'README.md', delete: true },
    ],
  };

  test('commits the files to a branch of its own and opens it', async () => {
    const result = resultOf(await here.connector.execute(callOf('open-pull-request', input)));
    const { branch, commit } = result as { branch: string; commit: string };
    expect(result).toEqual({ number: 500, url: expect.stringContaining('/pull/500'), branch, commit });
    expect(branch).toMatch(/^countersign\/[0-9a-f]{24}$/);
    expect(here.github.world.pulls).toEqual([
      {
        number: 500,
        title: 'Deploy 2',
        body: 'Why\n\n<!-- countersign:appr1-step1 -->',
        head: branch,
        base: 'main',
        sha: commit,
        draft: true,
      },
    ]);
    const made = here.github.world.commits.get(commit);
    expect(made?.message).toBe('deploy: version 2\n\nCountersign-Key: appr1-step1');
    expect(made?.parents).toEqual([here.github.world.refs.get('heads/main')]);
    expect(here.github.world.files.get(made?.tree ?? '')).toEqual({
      'env/prod.yml': 'version: 2\n',
      'logo.bin': '\u0000\u00ff\u0001',
      'run.sh': '#!/bin/sh\n +x',
    });
  });

  test('carried out twice it is one', async () => {
    const first = resultOf(await here.connector.execute(callOf('open-pull-request', input)));
    expect(resultOf(await here.connector.execute(callOf('open-pull-request', input)))).toEqual(first);
    expect(here.github.world.pulls).toHaveLength(1);
  });

  test('under another key it is another', async () => {
    await here.connector.execute(callOf('open-pull-request', input));
    await here.connector.execute(callOf('open-pull-request', input, { idempotencyKey: 'other' }));
    expect(new Set(here.github.world.pulls.map(({ head }) => head)).size).toBe(2);
  });

  test('the owner may be written in other letters', async () => {
    const loud = { ...input, owner: 'Octo-Org' };
    const first = resultOf(await here.connector.execute(callOf('open-pull-request', loud)));
    expect(await here.connector.reconcile(callOf('open-pull-request', loud))).toEqual({
      found: 'done',
      result: first,
    });
  });

  test.each([
    [{ base: 'gone' }, 'no branch gone'],
    [{ files: [{ path: 'README.md', content: 'hello' }] }, 'nothing would change'],
    [{ files: [{ path: 'gone.md', delete: true }] }, '422'],
  ])('%j fails for good', async (change, why) => {
    const outcome = await here.connector.execute(callOf('open-pull-request', { ...input, ...change }));
    expect(outcome).toEqual({ outcome: 'failed', transient: false, error: expect.stringContaining(why) });
    expect(here.github.world.refs.size).toBe(1);
  });

  test("another's commit on its branch is not taken for its own", async () => {
    const { details } = await here.connector.dryRun(callOf('open-pull-request', input));
    const main = here.github.world.refs.get('heads/main') ?? '';
    here.github.world.refs.set(`heads/${(details as { branch: string }).branch}`, main);
    const outcome = await here.connector.execute(callOf('open-pull-request', input));
    expect(outcome).toMatchObject({
      outcome: 'failed',
      transient: false,
      error: expect.stringContaining('not from this step'),
    });
  });

  test('lost, it is asked for by its branch', async () => {
    expect(await here.connector.reconcile(here.sent(1.5, 'open-pull-request', input))).toMatchObject({
      found: 'ask_again',
      retryAfterMs: 30_000,
    });
    expect(await here.connector.reconcile(here.sent(3, 'open-pull-request', input))).toEqual({
      found: 'not_done',
    });
    const result = resultOf(await here.connector.execute(callOf('open-pull-request', input)));
    expect(await here.connector.reconcile(here.sent(1, 'open-pull-request', input))).toEqual({
      found: 'done',
      result,
    });
  });
});
