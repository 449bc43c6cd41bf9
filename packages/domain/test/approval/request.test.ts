import { type Approval, statusOf } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import { approve, ask, ci, given, groups, person, slate, thenRefused, users, when } from './given.ts';

describe('a request is made', () => {
  test('it begins with the frozen slate and waits', () => {
    const { types, state } = when([], ask());
    expect(types).toEqual(['ApprovalRequested']);
    expect(statusOf(state as Approval)).toBe('pending');
  });

  test('an action that needs nobody is approved at once, and says so', () => {
    const { types, state } = when([], { ...ask({ slate: slate({ stages: [] }) }), autoApprove: true });
    expect(types).toEqual(['ApprovalRequested', 'RequestApproved']);
    expect((state as Approval).decision).toMatchObject({ outcome: 'approved', how: 'automatic' });
  });

  test('asking needs a role', () => {
    thenRefused(when([], ask({}, person('bob'))), 'role_missing');
  });

  test('the same idempotency key and body writes nothing more', () => {
    const first = given(ask({ bodyDigest: 'sha256:1' }));
    expect(when(first, ask({ bodyDigest: 'sha256:1' })).types).toEqual([]);
    thenRefused(when(first, ask({ bodyDigest: 'sha256:2' })), 'idempotency_key_reused');
    thenRefused(when(first, ask()), 'idempotency_key_reused');
  });
});

describe('a requirement that nobody can meet is refused, by name', () => {
  const stage = (...require: { from: ReturnType<typeof groups>; min: number }[]) =>
    slate({ superApprovers: [], stages: [{ name: 'peers', require }] });

  test('too few people in the group', () => {
    const outcome = when([], ask({ slate: stage({ from: groups('sre'), min: 4 }) }));
    thenRefused(outcome, 'unmeetable_requirement');
    expect(outcome.refusal?.detail).toContain('stage "peers" needs 4 of sre, but only 3');
  });

  test('the requester is not counted', () => {
    const bob = person('bob', { roles: ['requester'] });
    thenRefused(
      when([], ask({ slate: stage({ from: groups('sre'), min: 3 }) }, bob)),
      'unmeetable_requirement',
    );
    expect(when([], ask({ slate: stage({ from: groups('sre'), min: 2 }) }, bob)).types).toEqual([
      'ApprovalRequested',
    ]);
  });

  test.each([
    ['the owner of the key', { owner: 'bob' }],
    ['on whose behalf', { onBehalfOf: 'bob' }],
  ])('nor is %s', (_who, details) => {
    const wanted = stage({ from: groups('sre'), min: 3 });
    thenRefused(when([], ask({ ...details, slate: wanted })), 'unmeetable_requirement');
    expect(when([], ask({ slate: wanted })).types).toEqual(['ApprovalRequested']);
  });

  test('unless the policy lets requesters approve', () => {
    const bob = person('bob', { roles: ['requester'] });
    const lenient = { ...stage({ from: groups('sre'), min: 3 }), allowSelfApproval: true };
    expect(when([], ask({ slate: lenient }, bob)).types).toEqual(['ApprovalRequested']);
  });

  test('one person cannot be counted for two places', () => {
    const both = stage({ from: users('bob'), min: 1 }, { from: users('bob'), min: 1 });
    const outcome = when([], ask({ slate: both }));
    thenRefused(outcome, 'unmeetable_requirement');
  });

  test('a super-approver can fill any one place', () => {
    const short = { ...stage({ from: groups('sre'), min: 4 }), superApprovers: ['alice'] };
    expect(when([], ask({ slate: short })).types).toEqual(['ApprovalRequested']);
  });

  test('claimed groups and any admin count as satisfiable', () => {
    const claimed = { ...users(), label: 'ops', claims: ['ops'] };
    const admins = { ...users(), label: 'any admin', admins: true };
    for (const from of [claimed, admins]) {
      expect(when([], ask({ slate: stage({ from, min: 2 }) })).types).toEqual(['ApprovalRequested']);
    }
  });

  test('people of another tenant are nobody', () => {
    const caller = person('ci', { tenant: 'acme', roles: ['requester'], kind: 'machine' });
    const wanted = { tenant: 'acme', slate: stage({ from: groups('sre'), min: 1 }) };
    thenRefused(when([], ask(wanted, caller)), 'unmeetable_requirement');
    const own = { tenant: 'acme', slate: stage({ from: users('acme/bob'), min: 1 }) };
    expect(when([], ask(own, caller)).types).toEqual(['ApprovalRequested']);
  });

  test('a persona that nobody holds', () => {
    const outcome = when([], ask({ slate: slate({ personas: [{ name: 'on-call', from: users() }] }) }));
    thenRefused(outcome, 'unmeetable_requirement');
    expect(outcome.refusal?.detail).toContain('on-call');
  });
});

describe('the requester takes it back', () => {
  const cancel = (who = ci) =>
    ({ ...approve(who), type: 'CancelRequest', reason: 'not needed' }) as ReturnType<typeof approve>;

  test('once', () => {
    const events = given(ask(), cancel());
    expect(events.at(-1)?.type).toBe('RequestCancelled');
    expect(when(events, cancel()).types).toEqual([]);
    thenRefused(when(events, approve('bob')), 'already_decided');
  });

  test('and nobody else does', () => {
    thenRefused(when(given(ask()), cancel(person('bob'))), 'not_requester');
    thenRefused(when(given(ask()), cancel(person('alice', { roles: ['admin'] }))), 'not_requester');
  });

  test('whom it was asked for may', () => {
    const events = given(ask({ onBehalfOf: 'grace' }));
    expect(when(events, cancel(person('grace', { roles: [] }))).types).toEqual(['RequestCancelled']);
  });
});
