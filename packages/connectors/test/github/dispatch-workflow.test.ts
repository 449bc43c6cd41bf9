import { expect, test } from '@jest/globals';
import { gitHubConnector } from '../../src/github/connector.ts';
import { callOf, resultOf } from '../support/calls.ts';
import { describeGitHub } from './double/description.ts';
import { bench, MINUTE, where } from './support.ts';

const here = bench();

describeGitHub('dispatch-workflow', () => {
  const input = {
    ...where,
    workflow: 'deploy.yml',
    ref: 'main',
    inputs: { env: 'prod', dry: false },
    keyInput: 'key',
  };
  const run = (title: string, minutesAgo: number) => {
    const at = new Date(here.github.world.now - minutesAgo * MINUTE).toISOString();
    here.github.world.runs.push({ id: 8000 + here.github.world.runs.length, title, at, inputs: {} });
  };

  test('starts it with its inputs and key, and tells which run it is', async () => {
    expect(resultOf(await here.connector.execute(callOf('dispatch-workflow', input)))).toEqual({
      workflow: 'deploy.yml',
      ref: 'main',
      runId: 9000,
      url: 'https://github.com/octo-org/deploys/actions/runs/9000',
    });
    expect(here.github.world.runs[0]?.inputs).toEqual({
      env: 'prod',
      dry: false,
      key: 'countersign:appr1-step1',
    });
  });

  test('asks for no run where the server may not know the question', async () => {
    const enterprise = gitHubConnector({ auth: { token: 'x' }, apiUrl: here.github.url }, { now: Date.now });
    expect(resultOf(await enterprise.execute(callOf('dispatch-workflow', input)))).toEqual({
      workflow: 'deploy.yml',
      ref: 'main',
    });
    expect(here.github.seen[0]?.body).not.toHaveProperty('return_run_details');
  });

  test('is found by the key in a name of a run', async () => {
    run('countersign:appr1-step12', 3);
    run('Deploy prod (countersign:appr1-step1)', 3);
    run('by hand', 2);
    expect(await here.connector.reconcile(here.sent(5, 'dispatch-workflow', input))).toMatchObject({
      found: 'done',
      result: { runId: 8001 },
    });
  });

  test("other steps' runs are not it", async () => {
    run('countersign:appr1-step12', 3);
    run('countersign:appr1-step1-2', 3);
    run('countersign:other', 3);
    expect(await here.connector.reconcile(here.sent(7, 'dispatch-workflow', input))).toEqual({
      found: 'not_done',
    });
    expect(await here.connector.reconcile(here.sent(5, 'dispatch-workflow', input))).toMatchObject({
      found: 'ask_again',
      retryAfterMs: MINUTE,
    });
  });

  test('a run whose name says nothing may be it', async () => {
    run('Deploy prod', 3);
    expect(await here.connector.reconcile(here.sent(30, 'dispatch-workflow', input))).toEqual({
      found: 'cannot_tell',
      why: expect.stringContaining('/actions/runs/8000'),
    });
    run('Deploy prod', 60);
    here.github.world.runs.shift();
    expect(await here.connector.reconcile(here.sent(30, 'dispatch-workflow', input))).toEqual({
      found: 'not_done',
    });
  });

  test("without an input for the key it can't tell", async () => {
    const { keyInput, ...blind } = input;
    expect(await here.connector.reconcile(here.sent(30, 'dispatch-workflow', blind))).toMatchObject({
      found: 'cannot_tell',
    });
  });

  test('more runs than GitHub lists are too many to tell', async () => {
    for (let n = 0; n < 1000; n++) run('countersign:other', 1);
    expect(await here.connector.reconcile(here.sent(30, 'dispatch-workflow', input))).toMatchObject({
      found: 'cannot_tell',
      why: expect.stringContaining('1000 runs'),
    });
  });
});
