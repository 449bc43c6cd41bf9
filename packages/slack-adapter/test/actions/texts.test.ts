import { refusal } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import { asMrkdwn, asPlain, notDone } from '../../src/actions/texts.ts';
import { DONE, DROPPED, type Told, textOf, together } from '../../src/actions/told.ts';

describe('what is said of a refusal', () => {
  test('is the sentence of the rule, unless there is better', () => {
    expect(notDone(refusal('not_on_slate', 'eve is not an approver'), true)).toBe(
      'Not done: eve is not an approver.',
    );
    expect(notDone(refusal('stale_plan', 'the hash differs'), true)).toContain(
      'look at them as they are now',
    );
    expect(notDone(refusal('role_missing', 'a role is missing'), false)).toMatch(
      /^Not done: a role is missing\. Your Slack account is not linked/,
    );
  });

  test('shows moments in the reader’s own zone, or in UTC where Slack draws none', () => {
    const text = 'Not done: it was denied by bob at 2026-01-31T12:00:00.000Z.';
    expect(asMrkdwn(text)).toBe(
      'Not done: it was denied by bob at <!date^1769860800^{date_short_pretty} at {time}|2026-01-31 12:00 UTC>.',
    );
    expect(asPlain(text)).toBe('Not done: it was denied by bob at 2026-01-31 12:00 UTC.');
  });

  test('mentions nobody and formats nothing, whatever names hold', () => {
    const text = asMrkdwn('Not done: <!channel> and <@U1> & *bold* `code` :bomb: may not.');
    expect(text).not.toMatch(/<[!@]/);
    expect(text).not.toMatch(/[*`]|:bomb:/);
    expect(text).toContain('&lt;');
  });
});

describe('several things at once', () => {
  const failed: Told = { kind: 'failed', text: 'A.' };
  const already: Told = { kind: 'already', text: 'B.' };

  test('are told as one, each sentence once', () => {
    expect(together([])).toEqual(DONE);
    expect(together([DONE, already, failed, failed])).toEqual({ kind: 'failed', text: 'B. A.' });
    expect(together([already, already])).toEqual(already);
  });

  test('need no words where something was done and nothing refused', () => {
    expect(textOf(together([DONE, already]))).toBeNull();
    expect(textOf(DROPPED)).toBeNull();
  });
});
