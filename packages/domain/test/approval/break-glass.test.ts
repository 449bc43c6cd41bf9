import type { Approval } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import { approve, ask, command, given, groups, person, slate, thenRefused, users, when } from './given.ts';

const personas = [{ name: 'on-call', from: groups('sre') }];
const asked = ask({ slate: slate({ personas, superApprovers: ['alice', 'adam'] }) });
const adam = person('adam', {}, { superApprover: true });
const force = (who = person('alice'), reason = 'Slack is down, site is down', seconds = 60) =>
  command({ type: 'InvokeBreakGlass', status: 'approved', reason }, who, seconds);
const review = (who = adam) => command({ type: 'ReviewBreakGlass', note: 'seen' }, who);

describe('breaking the glass', () => {
  test('decides past personas and places, tells the whole slate, and stands out', () => {
    const { types, events, state } = when(given(asked), force());
    expect(types).toEqual(['BreakGlassInvoked', 'RequestApproved']);
    expect(events[0]?.data).toMatchObject({ notify: ['bob', 'carol', 'frank', 'alice', 'adam'] });
    expect((state as Approval).decision).toMatchObject({
      outcome: 'approved',
      how: 'break-glass',
      by: 'alice',
    });
    expect((state as Approval).breakGlass?.review).toBeNull();
  });

  test('can deny as well', () => {
    const deny = command(
      { type: 'InvokeBreakGlass', status: 'denied', reason: 'stop this right now' },
      person('alice'),
    );
    expect(when(given(asked), deny).types).toEqual(['BreakGlassInvoked', 'RequestDenied']);
  });

  test.each([
    ['nobody but super-approvers', asked, force(person('bob')), 'not_super_approver'],
    ['no machine', asked, force(person('alice', { kind: 'machine' })), 'machine_may_not_decide'],
    ['not without a reason', asked, force(person('alice'), ' too short '), 'reason_too_short'],
    ['not after the deadline', asked, force(person('alice'), undefined, 3600), 'expired'],
    ['not for oneself', ask({ onBehalfOf: 'alice' }), force(), 'self_approval'],
    [
      'not for oneself, even where self-approval is allowed',
      ask({ onBehalfOf: 'alice', slate: slate({ allowSelfApproval: true }) }),
      force(),
      'self_approval',
    ],
  ] as const)('%s', (_rule, request, attempt, code) => {
    thenRefused(when(given(request), attempt), code);
  });

  test('not once it is decided', () => {
    thenRefused(when(given(ask(), approve('bob'), approve('carol')), force()), 'already_decided');
  });

  test('twice is once', () => {
    expect(when(given(asked, force()), force()).events).toEqual([]);
  });

  test('stays open until another super-approver signs it', () => {
    const forced = given(asked, force());
    thenRefused(when(forced, review(person('alice'))), 'break_glass_own_review');
    thenRefused(when(forced, review(person('bob'))), 'not_super_approver');
    const signed = given(asked, force(), review());
    expect((when(signed, review()).state as Approval).breakGlass?.review).toMatchObject({
      by: 'adam',
      note: 'seen',
    });
    expect(when(signed, review()).events).toEqual([]);
    thenRefused(when(given(asked), review()), 'nothing_to_review');
  });

  test('is not signed by whoever it was forced for', () => {
    const lenient = slate({ superApprovers: ['alice', 'adam'], allowSelfApproval: true });
    const forced = given(ask({ onBehalfOf: 'adam', slate: lenient }), force());
    thenRefused(when(forced, review()), 'self_approval');
  });

  test('tells people of its own tenant only', () => {
    const stages = [{ name: 'approval', require: [{ from: users('bob', 'acme/bob'), min: 1 }] }];
    const shared = ask({ slate: slate({ stages, superApprovers: ['alice', 'acme/ann'] }) });
    expect(when(given(shared), force()).events[0]?.data).toMatchObject({ notify: ['bob', 'alice'] });
  });
});
