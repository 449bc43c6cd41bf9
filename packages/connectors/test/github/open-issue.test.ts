import { expect, test } from '@jest/globals';
import { markerOf } from '../../src/github/marker.ts';
import { callOf, resultOf } from '../support/calls.ts';
import { describeGitHub } from './double/description.ts';
import { bench, KEY, MINUTE, where } from './support.ts';

const here = bench();

function addIssues(count: number, minutesAgo: number, body = 'by hand'): void {
  const at = new Date(here.github.world.now - minutesAgo * MINUTE).toISOString();
  for (let n = 0; n < count; n++) {
    here.github.world.issues.push({ number: here.github.world.issues.length, title: 'other', body, at });
  }
}

describeGitHub('open-issue', () => {
  const input = {
    ...where,
    title: 'Deploy',
    body: 'Version 2',
    labels: ['ops'],
    assignees: ['octocat'],
    milestone: 3,
  };

  test('opens it as asked, with its key out of sight, and tells where it is', async () => {
    const outcome = await here.connector.execute(callOf('open-issue', input));
    expect(resultOf(outcome)).toEqual({ number: 100, url: 'https://github.com/octo-org/deploys/issues/100' });
    const [asked] = here.github.seen;
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
    await here.connector.execute(callOf('open-issue', { ...where, title: 'Deploy' }));
    expect(here.github.world.issues[0]?.body).toBe('<!-- countersign:appr1-step1 -->');
  });

  test('is found by its key among newer ones, whatever was written around it', async () => {
    addIssues(1, 9, `edited\n${markerOf(KEY)}\nand more`);
    addIssues(250, 5, markerOf(`${KEY}1`));
    expect(await here.connector.reconcile(here.sent(10, 'open-issue', input))).toMatchObject({
      found: 'done',
      result: { number: 0 },
    });
    expect(here.github.seen.map(({ query }) => query.page)).toEqual(['1', '2', '3']);
  });

  test('is not done when it is not there and nothing can be on its way any more', async () => {
    addIssues(30, 5);
    expect(await here.connector.reconcile(here.sent(10, 'open-issue', input))).toEqual({ found: 'not_done' });
    expect(await here.connector.reconcile(here.sent(2, 'open-issue', input))).toEqual({ found: 'not_done' });
    expect(await here.connector.reconcile(here.sent(1.5, 'open-issue', input))).toEqual({
      found: 'ask_again',
      why: expect.any(String),
      retryAfterMs: 30_000,
    });
  });

  test('what is older than the call is not looked at, but for clocks that differ', async () => {
    addIssues(1, 16, markerOf(KEY));
    expect(await here.connector.reconcile(here.sent(10, 'open-issue', input))).toEqual({ found: 'not_done' });
    addIssues(1, 14, markerOf(KEY));
    expect(await here.connector.reconcile(here.sent(10, 'open-issue', input))).toMatchObject({
      found: 'done',
    });
  });

  test('a thousand issues since then are too many to tell', async () => {
    addIssues(1001, 5);
    expect(await here.connector.reconcile(here.sent(10, 'open-issue', input))).toMatchObject({
      found: 'cannot_tell',
      why: expect.stringContaining('1000 newest'),
    });
  });
});
