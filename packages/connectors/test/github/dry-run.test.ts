import { expect, test } from '@jest/globals';
import { callOf } from '../support/calls.ts';
import { describeGitHub } from './double/description.ts';
import { bench, where } from './support.ts';

const here = bench();

describeGitHub('dry runs', () => {
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
    expect((await here.connector.dryRun(callOf(operation, input))).summary).toContain(words);
    expect(here.github.seen).toHaveLength(0);
  });
});
