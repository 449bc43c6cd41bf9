import { describe, expect, test } from '@jest/globals';
import { gitHubConnector } from '../../src/github/connector.ts';

const connector = gitHubConnector({ auth: { token: 'ghp_x' } }, { now: Date.now });
const where = { owner: 'octo-org', repo: 'deploys' };
const issue = { ...where, title: 'T' };
const pull = { ...where, title: 'T', files: [{ path: 'a', content: '' }] };
const dispatch = { ...where, workflow: 'deploy.yml', ref: 'main' };
const review = { ...where, runId: 7, environment: 'prod', state: 'approved' };
const files = (...paths: string[]) => ({ ...pull, files: paths.map((path) => ({ path, content: '' })) });

describe('inputs', () => {
  test.each([
    ['open-issue', issue],
    ['open-issue', { ...issue, owner: 'corp_user', repo: '.github' }],
    ['open-pull-request', pull],
    ['open-pull-request', files('.github/workflows/ci.yml', 'a b/ü.txt', '.gitignore', 'x.git/y')],
    ['open-pull-request', { ...pull, base: 'release/1.0', files: [{ path: 'a', delete: true }] }],
    ['dispatch-workflow', { ...dispatch, workflow: 123, inputs: { a: 'x', b: 1, c: true }, keyInput: 'key' }],
    ['dispatch-workflow', { ...dispatch, workflow: '123' }],
    ['review-deployment', review],
    ['review-deployment', { ...review, runId: '7' }],
  ])('%s %j is good', (operation, input) => {
    expect(connector.validate(operation, input)).toEqual([]);
  });

  test.each([
    ['open-issue', {}, ['/owner', '/repo', '/title']],
    ['open-issue', { ...issue, owner: '..', repo: '..' }, ['/owner', '/repo']],
    ['open-issue', { ...issue, repo: 'a/b' }, ['/repo']],
    ['open-issue', { ...issue, title: 'a\nb' }, ['/title']],
    ['open-issue', { ...issue, title: '' }, ['/title']],
    ['open-issue', { ...issue, title: 'x'.repeat(257) }, ['/title']],
    ['open-issue', { ...issue, body: 'see <!-- countersign:other -->' }, ['/body']],
    ['open-issue', { ...issue, body: 'x'.repeat(65_001) }, ['/body']],
    ['open-issue', { ...issue, token: 'x' }, ['/token']],
    ['open-issue', { ...issue, labels: 'ops', milestone: 0 }, ['/labels', '/milestone']],
    ['open-pull-request', { ...pull, files: [] }, ['/files']],
    ['open-pull-request', { ...pull, base: 'a..b' }, ['/base']],
    [
      'open-pull-request',
      { ...pull, files: [{ path: 'a' }, { path: 'b', content: '', delete: true }] },
      ['/files/0', '/files/1'],
    ],
    ['open-pull-request', files('a', 'b', 'a'), ['/files/2/path']],
    [
      'open-pull-request',
      { ...pull, files: [{ path: 'a', content: 'not!', encoding: 'base64' }] },
      ['/files/0/content'],
    ],
    ['open-pull-request', files('/etc/passwd'), ['/files/0/path']],
    [
      'open-pull-request',
      files('a/../b', 'a//b', '.git/config', 'a/.GIT/x', 'a\\b', './a', 'a/'),
      [0, 1, 2, 3, 4, 5, 6].map((n) => `/files/${n}/path`),
    ],
    ['dispatch-workflow', { ...dispatch, workflow: '../x.yml' }, ['/workflow']],
    ['dispatch-workflow', { ...dispatch, workflow: 0 }, ['/workflow']],
    ['dispatch-workflow', { ...dispatch, ref: '' }, ['/ref']],
    ['dispatch-workflow', { ...dispatch, ref: 'a b' }, ['/ref']],
    ['dispatch-workflow', { ...dispatch, inputs: { a: {}, 'b c': 1 } }, ['/inputs/b c', '/inputs/a']],
    ['dispatch-workflow', { ...dispatch, inputs: { key: 'mine' }, keyInput: 'key' }, ['/inputs/key']],
    [
      'dispatch-workflow',
      {
        ...dispatch,
        inputs: Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`i${n}`, n])),
        keyInput: 'key',
      },
      ['/inputs'],
    ],
    ['review-deployment', { ...review, state: 'maybe', runId: '7x' }, ['/runId', '/state']],
    ['review-deployment', { ...review, comment: 'x'.repeat(851) }, ['/comment']],
    ['note-deployment', { ...where, runId: 7, environment: 'prod' }, ['/comment']],
    ['delete-repository', where, ['']],
  ])('%s %j has faults at %j', (operation, input, pointers) => {
    const found = connector.validate(operation, input as never).map(({ pointer }) => pointer);
    expect(found.toSorted()).toEqual([...pointers].toSorted());
  });

  test('values that are templates yet are let through, the rest of the input is not', () => {
    const template = '{{payload.x}}';
    expect(
      connector.validate(
        'open-issue',
        {
          owner: template,
          repo: template,
          title: `Deploy ${template}`,
          labels: template,
          milestone: template,
        },
        true,
      ),
    ).toEqual([]);
    expect(connector.validate('open-pull-request', { ...pull, files: template }, true)).toEqual([]);
    expect(
      connector.validate(
        'open-pull-request',
        { ...pull, files: [template, { path: template, content: template }] },
        true,
      ),
    ).toEqual([]);
    expect(
      connector.validate(
        'dispatch-workflow',
        { ...dispatch, workflow: template, inputs: template, keyInput: template },
        true,
      ),
    ).toEqual([]);
    expect(
      connector.validate('review-deployment', { ...review, runId: template, state: template }, true),
    ).toEqual([]);
    expect(connector.validate('open-issue', { owner: template, repo: '..', title: template }, true)).toEqual([
      { pointer: '/repo', detail: expect.stringContaining('name of a repository') },
    ]);
    expect(connector.validate('open-issue', { owner: template, repo: 'x', title: template })).toEqual([
      { pointer: '/owner', detail: expect.any(String) },
    ]);
  });
});
