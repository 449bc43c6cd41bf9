import { expect, test } from '@jest/globals';
import { describeGitHub } from './description.ts';
import { judgeAnswer, judgeRequest } from './openapi.ts';

describeGitHub("GitHub's description as a judge", () => {
  test('knows a request by its path and reads it', () => {
    expect(judgeRequest('GET', '/repos/a/b/git/ref/heads%2Fmain', '')).toEqual({
      route: 'GET /repos/{owner}/{repo}/git/ref/{ref}',
      params: { owner: 'a', repo: 'b', ref: 'heads/main' },
      query: {},
      body: {},
    });
  });

  test.each([
    ['GET', '/repos/a/b/nothing', '', 'no such operation'],
    ['PUT', '/repos/a/b/issues', '{}', 'no such operation'],
    ['POST', '/repos/a/b/issues', '{}', "must have required property 'title'"],
    ['POST', '/repos/a/b/issues', '{"title":"t","labels":"x"}', 'must be array'],
    ['POST', '/repos/a/b/issues', '{"title":"t","made":"up"}', 'no member made'],
    ['GET', '/repos/a/b/issues?sort=size', '', 'must be equal to one of the allowed values'],
    ['GET', '/repos/a/b/issues?since=yesterday', '', 'date-time'],
    ['GET', '/repos/a/b/issues?made=up', '', 'no parameter made'],
    ['GET', '/repos/a/b/actions/runs/x', '', 'must be integer'],
  ])('%s %s %s: %s', (method, path, body, why) => {
    expect(() => judgeRequest(method, path, body)).toThrow(why);
  });

  test('refuses answers that are not in it', () => {
    const route = 'POST /repos/{owner}/{repo}/issues';
    expect(() => judgeAnswer(route, 201, { number: 1 })).toThrow('must have required property');
    expect(() => judgeAnswer(route, 204, undefined)).toThrow('no answer 204');
  });
});
