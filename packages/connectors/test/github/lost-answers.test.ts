import type { Connector } from '@countersign/domain';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { gitHubConnector } from '../../src/github/connector.ts';
import { callOf } from '../support/calls.ts';
import { carryOut } from '../support/dispatcher.ts';
import { FAULTS } from '../support/faults.ts';
import { describeGitHub } from './double/description.ts';
import { type GitHubDouble, gitHubDouble } from './double/server.ts';

let github: GitHubDouble;
beforeEach(async () => {
  github = await gitHubDouble();
});
afterEach(async () => {
  await github.close();
  expect(github.objections).toEqual([]);
});

const where = { owner: 'octo-org', repo: 'deploys' };
const OPERATIONS: [operation: string, input: object, requests: number][] = [
  ['open-issue', { ...where, title: 'Deploy', body: 'now', labels: ['ops'] }, 1],
  [
    'open-pull-request',
    {
      ...where,
      title: 'Deploy',
      files: [
        { path: 'env/prod.yml', content: 'a: 1' },
        { path: 'logo.png', content: 'AAEC', encoding: 'base64' },
      ],
    },
    10,
  ],
  [
    'dispatch-workflow',
    { ...where, workflow: 'deploy.yml', ref: 'main', inputs: { env: 'prod' }, keyInput: 'key' },
    1,
  ],
  ['review-deployment', { ...where, runId: 77, environment: 'production', state: 'approved' }, 1],
];

function connector(): Connector {
  return gitHubConnector(
    { auth: { token: 'ghp_x' }, apiUrl: github.url, runDetails: true },
    { now: () => github.world.now },
  );
}

/** A call sent at the double's present time. */
function sentNow(operation: string, input: object) {
  const sentFrom = new Date(github.world.now - 1000).toISOString();
  return callOf(operation, input, { sentFrom, sentUntil: new Date(github.world.now).toISOString() });
}

describeGitHub.each(OPERATIONS)('%s', (operation, input, requests) => {
  test(`takes ${requests} requests when nothing goes wrong`, async () => {
    const carried = await carryOut(connector(), sentNow(operation, input));
    expect(carried).toMatchObject({ outcome: 'succeeded', tries: 1, asked: 0 });
    expect(github.seen).toHaveLength(requests);
    expect(github.effects()).toBe(1);
  });

  test.each(FAULTS)('comes to one effect when any of its requests ends in %s', async (fault) => {
    for (let index = 0; index < requests; index++) {
      await github.close();
      github = await gitHubDouble();
      let ending = new AbortController();
      github.faults.failAt(index, fault, () => ending.abort());
      const carried = await carryOut(
        connector(),
        sentNow(operation, input),
        (ms) => {
          github.world.now += ms;
        },
        () => {
          ending = new AbortController();
          return ending.signal;
        },
      );
      expect([index, carried.outcome, carried.error]).toEqual([index, 'succeeded', undefined]);
      expect([index, github.effects()]).toEqual([index, 1]);
      // Only what may have had the effect is asked for.
      if (index < requests - 1) expect([index, carried.asked]).toEqual([index, 0]);
      expect(github.objections).toEqual([]);
    }
  });

  test.each(FAULTS)('and when the question for it ends in %s too', async (fault) => {
    let ending = new AbortController();
    github.faults.failAt(requests - 1, 'reset-after');
    github.faults.failAt(requests, fault, () => ending.abort());
    const carried = await carryOut(
      connector(),
      sentNow(operation, input),
      (ms) => {
        github.world.now += ms;
      },
      () => {
        ending = new AbortController();
        return ending.signal;
      },
    );
    expect(carried).toMatchObject({ outcome: 'succeeded', tries: 1 });
    expect(carried.asked).toBeGreaterThan(1);
    expect(github.effects()).toBe(1);
  });
});
