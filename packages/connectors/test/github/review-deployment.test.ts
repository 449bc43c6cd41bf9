import { expect, test } from '@jest/globals';
import { callOf, resultOf } from '../support/calls.ts';
import { describeGitHub } from './double/description.ts';
import { bench, MINUTE, where } from './support.ts';

const here = bench();

describeGitHub('review-deployment', () => {
  const input = { ...where, runId: '77', environment: 'production', state: 'rejected', comment: 'Not today' };

  test('tells GitHub the decision', async () => {
    expect(resultOf(await here.connector.execute(callOf('review-deployment', input)))).toEqual({
      runId: 77,
      environment: 'production',
      state: 'rejected',
    });
    expect(here.github.world.reviews).toEqual([
      {
        state: 'rejected',
        environment: 'production',
        comment: 'Not today\n\n<!-- countersign:appr1-step1 -->',
      },
    ]);
  });

  test('is found in the log of reviews', async () => {
    await here.connector.execute(callOf('review-deployment', input));
    expect(await here.connector.reconcile(here.sent(1, 'review-deployment', input))).toMatchObject({
      found: 'done',
      result: { state: 'rejected' },
    });
  });

  test('is said again while the gate waits', async () => {
    expect(await here.connector.reconcile(here.sent(5, 'review-deployment', input))).toEqual({
      found: 'not_done',
    });
  });

  test('is not said to the gate of a run that was started anew', async () => {
    here.github.world.run.startedAt = new Date(here.github.world.now - MINUTE).toISOString();
    expect(await here.connector.reconcile(here.sent(5, 'review-deployment', input))).toMatchObject({
      found: 'cannot_tell',
      why: expect.stringContaining('started anew'),
    });
  });

  test("can't be told when the gate is gone and the log doesn't show it", async () => {
    here.github.world.showsReviews = false;
    await here.connector.execute(callOf('review-deployment', input));
    expect(await here.connector.reconcile(here.sent(5, 'review-deployment', input))).toMatchObject({
      found: 'cannot_tell',
      why: expect.stringContaining('waits no more for production'),
    });
  });
});

describeGitHub('note-deployment', () => {
  const input = { ...where, runId: 77, environment: 'production', comment: 'Waiting for two approvals' };

  test('says it without deciding, and is found in the log', async () => {
    expect(await here.connector.reconcile(callOf('note-deployment', input))).toMatchObject({
      found: 'cannot_tell',
    });
    expect(resultOf(await here.connector.execute(callOf('note-deployment', input)))).toEqual({
      runId: 77,
      environment: 'production',
    });
    expect(here.github.world.reviews).toEqual([
      { environment: 'production', comment: 'Waiting for two approvals\n\n<!-- countersign:appr1-step1 -->' },
    ]);
    expect(here.github.world.run.waiting).toEqual(['production']);
    expect(await here.connector.reconcile(callOf('note-deployment', input))).toMatchObject({ found: 'done' });
  });
});
