import type { Connector } from '@countersign/domain';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { gitHubConnector } from '../../src/github/connector.ts';
import { markerOf } from '../../src/github/marker.ts';
import { callOf, resultOf } from '../support/calls.ts';
import { type FakeGitHub, fakeGitHub } from './fake.ts';

let github: FakeGitHub;
let connector: Connector;
beforeEach(async () => {
  github = await fakeGitHub();
  connector = gitHubConnector(
    { auth: { token: 'ghp_x' }, apiUrl: github.url, runDetails: true },
    { now: () => github.world.now },
  );
});
afterEach(async () => {
  await github.close();
  expect(github.objections).toEqual([]);
});

const where = { owner: 'octo-org', repo: 'deploys' };
const KEY = 'appr1-step1';
const MINUTE = 60_000;

/** A call that was sent so many minutes before the double's present, for a minute. */
function sent(minutesAgo: number, operation: string, input: object) {
  const fromMs = github.world.now - minutesAgo * MINUTE;
  return callOf(operation, input, {
    sentFrom: new Date(fromMs).toISOString(),
    sentUntil: new Date(fromMs + MINUTE).toISOString(),
  });
}

function addIssues(count: number, minutesAgo: number, body = 'by hand'): void {
  const at = new Date(github.world.now - minutesAgo * MINUTE).toISOString();
  for (let n = 0; n < count; n++) {
    github.world.issues.push({ number: github.world.issues.length, title: 'other', body, at, pull: false });
  }
}

describe('open-issue', () => {
  const input = {
    ...where,
    title: 'Deploy',
    body: 'Version 2',
    labels: ['ops'],
    assignees: ['octocat'],
    milestone: 3,
  };

  test('opens it as asked, with its key out of sight, and tells where it is', async () => {
    const outcome = await connector.execute(callOf('open-issue', input));
    expect(resultOf(outcome)).toEqual({ number: 100, url: 'https://github.com/octo-org/deploys/issues/100' });
    const [asked] = github.seen;
    expect(asked?.body).toMatchObject({
      title: 'Deploy',
      labels: ['ops'],
      assignees: ['octocat'],
      milestone: 3,
    });
    expect(asked?.body.body).toBe('Version 2\n\n<!-- countersign:appr1-step1 -->');
    expect(asked?.authorization).toBe('Bearer ghp_x');
  });

  test('without a body it has the key alone', async () => {
    await connector.execute(callOf('open-issue', { ...where, title: 'Deploy' }));
    expect(github.world.issues[0]?.body).toBe('<!-- countersign:appr1-step1 -->');
  });

  test('is found by its key among newer ones, whatever was written around it', async () => {
    addIssues(1, 9, `edited\n${markerOf(KEY)}\nand more`);
    addIssues(250, 5, markerOf(`${KEY}1`));
    expect(await connector.reconcile(sent(10, 'open-issue', input))).toMatchObject({
      found: 'done',
      result: { number: 0 },
    });
    expect(github.seen.map(({ query }) => query.page)).toEqual(['1', '2', '3']);
  });

  test('is not done when it is not there and nothing can be on its way any more', async () => {
    addIssues(30, 5);
    expect(await connector.reconcile(sent(10, 'open-issue', input))).toEqual({ found: 'not_done' });
    expect(await connector.reconcile(sent(2, 'open-issue', input))).toEqual({ found: 'not_done' });
    expect(await connector.reconcile(sent(1.5, 'open-issue', input))).toEqual({
      found: 'ask_again',
      why: expect.any(String),
      retryAfterMs: 30_000,
    });
  });

  test('what is older than the call is not looked at, but for clocks that differ', async () => {
    addIssues(1, 16, markerOf(KEY));
    expect(await connector.reconcile(sent(10, 'open-issue', input))).toEqual({ found: 'not_done' });
    addIssues(1, 14, markerOf(KEY));
    expect(await connector.reconcile(sent(10, 'open-issue', input))).toMatchObject({ found: 'done' });
  });

  test('a thousand issues since then are too many to tell', async () => {
    addIssues(1001, 5);
    expect(await connector.reconcile(sent(10, 'open-issue', input))).toMatchObject({
      found: 'cannot_tell',
      why: expect.stringContaining('1000 newest'),
    });
  });
});

describe('open-pull-request', () => {
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
    const result = resultOf(await connector.execute(callOf('open-pull-request', input)));
    const { branch, commit } = result as { branch: string; commit: string };
    expect(result).toEqual({ number: 500, url: expect.stringContaining('/pull/500'), branch, commit });
    expect(branch).toMatch(/^countersign\/[0-9a-f]{24}$/);
    expect(github.world.pulls).toEqual([
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
    const made = github.world.commits.get(commit);
    expect(made?.message).toBe('deploy: version 2\n\nCountersign-Key: appr1-step1');
    expect(made?.parents).toEqual([github.world.refs.get('heads/main')]);
    expect(github.world.files.get(made?.tree ?? '')).toEqual({
      'env/prod.yml': 'version: 2\n',
      'logo.bin': '\u0000\u00ff\u0001',
      'run.sh': '#!/bin/sh\n +x',
    });
  });

  test('carried out twice it is one', async () => {
    const first = resultOf(await connector.execute(callOf('open-pull-request', input)));
    expect(resultOf(await connector.execute(callOf('open-pull-request', input)))).toEqual(first);
    expect(github.world.pulls).toHaveLength(1);
  });

  test('under another key it is another', async () => {
    await connector.execute(callOf('open-pull-request', input));
    await connector.execute(callOf('open-pull-request', input, { idempotencyKey: 'other' }));
    expect(new Set(github.world.pulls.map(({ head }) => head)).size).toBe(2);
  });

  test('the owner may be written in other letters', async () => {
    const loud = { ...input, owner: 'Octo-Org' };
    const first = resultOf(await connector.execute(callOf('open-pull-request', loud)));
    expect(await connector.reconcile(callOf('open-pull-request', loud))).toEqual({
      found: 'done',
      result: first,
    });
  });

  test.each([
    [{ base: 'gone' }, 'no branch gone'],
    [{ files: [{ path: 'README.md', content: 'hello' }] }, 'nothing would change'],
    [{ files: [{ path: 'gone.md', delete: true }] }, '422'],
  ])('%j fails for good', async (change, why) => {
    const outcome = await connector.execute(callOf('open-pull-request', { ...input, ...change }));
    expect(outcome).toEqual({ outcome: 'failed', transient: false, error: expect.stringContaining(why) });
    expect(github.world.refs.size).toBe(1);
  });

  test("another's commit on its branch is not taken for its own", async () => {
    const { details } = await connector.dryRun(callOf('open-pull-request', input));
    const main = github.world.refs.get('heads/main') ?? '';
    github.world.refs.set(`heads/${(details as { branch: string }).branch}`, main);
    const outcome = await connector.execute(callOf('open-pull-request', input));
    expect(outcome).toMatchObject({
      outcome: 'failed',
      transient: false,
      error: expect.stringContaining('not from this step'),
    });
  });

  test('lost, it is asked for by its branch', async () => {
    expect(await connector.reconcile(sent(1.5, 'open-pull-request', input))).toMatchObject({
      found: 'ask_again',
      retryAfterMs: 30_000,
    });
    expect(await connector.reconcile(sent(3, 'open-pull-request', input))).toEqual({ found: 'not_done' });
    const result = resultOf(await connector.execute(callOf('open-pull-request', input)));
    expect(await connector.reconcile(sent(1, 'open-pull-request', input))).toEqual({ found: 'done', result });
  });
});

describe('dispatch-workflow', () => {
  const input = {
    ...where,
    workflow: 'deploy.yml',
    ref: 'main',
    inputs: { env: 'prod', dry: false },
    keyInput: 'key',
  };
  const run = (title: string, minutesAgo: number) => {
    const at = new Date(github.world.now - minutesAgo * MINUTE).toISOString();
    github.world.runs.push({ id: 8000 + github.world.runs.length, title, at, inputs: {} });
  };

  test('starts it with its inputs and key, and tells which run it is', async () => {
    expect(resultOf(await connector.execute(callOf('dispatch-workflow', input)))).toEqual({
      workflow: 'deploy.yml',
      ref: 'main',
      runId: 9000,
      url: 'https://github.com/octo-org/deploys/actions/runs/9000',
    });
    expect(github.world.runs[0]?.inputs).toEqual({ env: 'prod', dry: false, key: 'countersign:appr1-step1' });
  });

  test('asks for no run where the server may not know the question', async () => {
    const enterprise = gitHubConnector({ auth: { token: 'x' }, apiUrl: github.url }, { now: Date.now });
    expect(resultOf(await enterprise.execute(callOf('dispatch-workflow', input)))).toEqual({
      workflow: 'deploy.yml',
      ref: 'main',
    });
    expect(github.seen[0]?.body).not.toHaveProperty('return_run_details');
  });

  test('is found by the key in a name of a run', async () => {
    run('countersign:appr1-step12', 3);
    run('Deploy prod (countersign:appr1-step1)', 3);
    run('by hand', 2);
    expect(await connector.reconcile(sent(5, 'dispatch-workflow', input))).toMatchObject({
      found: 'done',
      result: { runId: 8001 },
    });
  });

  test("other steps' runs are not it", async () => {
    run('countersign:appr1-step12', 3);
    run('countersign:appr1-step1-2', 3);
    run('countersign:other', 3);
    expect(await connector.reconcile(sent(7, 'dispatch-workflow', input))).toEqual({ found: 'not_done' });
    expect(await connector.reconcile(sent(5, 'dispatch-workflow', input))).toMatchObject({
      found: 'ask_again',
      retryAfterMs: MINUTE,
    });
  });

  test('a run whose name says nothing may be it', async () => {
    run('Deploy prod', 3);
    expect(await connector.reconcile(sent(30, 'dispatch-workflow', input))).toEqual({
      found: 'cannot_tell',
      why: expect.stringContaining('/actions/runs/8000'),
    });
    run('Deploy prod', 60);
    github.world.runs.shift();
    expect(await connector.reconcile(sent(30, 'dispatch-workflow', input))).toEqual({ found: 'not_done' });
  });

  test("without an input for the key it can't tell", async () => {
    const { keyInput, ...blind } = input;
    expect(await connector.reconcile(sent(30, 'dispatch-workflow', blind))).toMatchObject({
      found: 'cannot_tell',
    });
  });

  test('more runs than GitHub lists are too many to tell', async () => {
    for (let n = 0; n < 1000; n++) run('countersign:other', 1);
    expect(await connector.reconcile(sent(30, 'dispatch-workflow', input))).toMatchObject({
      found: 'cannot_tell',
      why: expect.stringContaining('1000 runs'),
    });
  });
});

describe('review-deployment', () => {
  const input = { ...where, runId: '77', environment: 'production', state: 'rejected', comment: 'Not today' };

  test('tells GitHub the decision', async () => {
    expect(resultOf(await connector.execute(callOf('review-deployment', input)))).toEqual({
      runId: 77,
      environment: 'production',
      state: 'rejected',
    });
    expect(github.world.reviews).toEqual([
      {
        state: 'rejected',
        environment: 'production',
        comment: 'Not today\n\n<!-- countersign:appr1-step1 -->',
      },
    ]);
  });

  test('is found in the log of reviews', async () => {
    await connector.execute(callOf('review-deployment', input));
    expect(await connector.reconcile(sent(1, 'review-deployment', input))).toMatchObject({
      found: 'done',
      result: { state: 'rejected' },
    });
  });

  test('is said again while the gate waits', async () => {
    expect(await connector.reconcile(sent(5, 'review-deployment', input))).toEqual({ found: 'not_done' });
  });

  test('is not said to the gate of a run that was started anew', async () => {
    github.world.run.startedAt = new Date(github.world.now - MINUTE).toISOString();
    expect(await connector.reconcile(sent(5, 'review-deployment', input))).toMatchObject({
      found: 'cannot_tell',
      why: expect.stringContaining('started anew'),
    });
  });

  test("can't be told when the gate is gone and the log doesn't show it", async () => {
    github.world.showsReviews = false;
    await connector.execute(callOf('review-deployment', input));
    expect(await connector.reconcile(sent(5, 'review-deployment', input))).toMatchObject({
      found: 'cannot_tell',
      why: expect.stringContaining('waits no more for production'),
    });
  });
});

describe('note-deployment', () => {
  const input = { ...where, runId: 77, environment: 'production', comment: 'Waiting for two approvals' };

  test('says it without deciding, and is found in the log', async () => {
    expect(await connector.reconcile(callOf('note-deployment', input))).toMatchObject({
      found: 'cannot_tell',
    });
    expect(resultOf(await connector.execute(callOf('note-deployment', input)))).toEqual({
      runId: 77,
      environment: 'production',
    });
    expect(github.world.reviews).toEqual([
      { environment: 'production', comment: 'Waiting for two approvals\n\n<!-- countersign:appr1-step1 -->' },
    ]);
    expect(github.world.run.waiting).toEqual(['production']);
    expect(await connector.reconcile(callOf('note-deployment', input))).toMatchObject({ found: 'done' });
  });
});

describe('dry runs', () => {
  test.each([
    ['open-issue', { ...where, title: 'T' }, 'open the issue "T" in octo-org/deploys'],
    [
      'open-pull-request',
      { ...where, title: 'T', files: [{ path: 'a', content: '' }] },
      '1 changed files against the default branch',
    ],
    [
      'dispatch-workflow',
      { ...where, workflow: 5, ref: 'v1' },
      'start the workflow 5 of octo-org/deploys at v1',
    ],
    [
      'review-deployment',
      { ...where, runId: 7, environment: 'e', state: 'approved' },
      'approve the deployment of run 7',
    ],
    [
      'note-deployment',
      { ...where, runId: 7, environment: 'e', comment: 'c' },
      'note on the deployment of run 7',
    ],
    ['open-issue', { ...where }, 'would fail: the input is refused: /title is missing'],
  ])('%s %j: %s', async (operation, input, words) => {
    expect((await connector.dryRun(callOf(operation, input))).summary).toContain(words);
    expect(github.seen).toHaveLength(0);
  });
});
