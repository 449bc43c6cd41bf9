import { type Approval, statusOf } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import {
  acknowledge,
  approve,
  ask,
  at,
  ci,
  command,
  deny,
  given,
  groups,
  person,
  REQUEST,
  slate,
  thenRefused,
  users,
  when,
} from './given.ts';

const statusAfter = (...args: Parameters<typeof given>) => {
  const events = given(...args);
  return statusOf(when(events, command({ type: 'WithdrawAcknowledgement', persona: 'x' })).state as Approval);
};

describe('approving', () => {
  test('the last place filled approves the request, bound to what was shown', () => {
    const { types, events } = when(given(ask(), approve('bob')), approve('carol'));
    expect(types).toEqual(['ApprovalGranted', 'StageCompleted', 'RequestApproved']);
    expect(events.at(-1)?.data).toMatchObject({
      approvers: ['bob', 'carol'],
      how: 'votes',
      by: { sub: 'carol' },
    });
  });

  test('a repeated click writes nothing, before and after the decision', () => {
    expect(when(given(ask(), approve('bob')), approve('bob')).events).toEqual([]);
    const decided = given(ask(), approve('bob'), approve('carol'));
    expect(when(decided, approve('carol')).refusal).toBeUndefined();
    expect(when(decided, approve('carol')).events).toEqual([]);
  });

  test('whoever comes after the decision is told who decided and when', () => {
    const outcome = when(given(ask(), approve('bob'), approve('carol', {}, 90)), approve('frank', {}, 95));
    thenRefused(outcome, 'already_decided');
    expect(outcome.refusal?.facts).toEqual({ outcome: 'approved', by: 'carol', at: at(90) });
  });

  test.each([
    ['a machine', person('bob', { kind: 'machine' }), 'machine_may_not_decide'],
    ['nobody with a role to decide', person('bob', { roles: ['requester', 'auditor'] }), 'role_missing'],
    ['somebody not listed', person('dan'), 'not_on_slate'],
    ['an admin who is not listed', person('root', { roles: ['admin'] }), 'not_on_slate'],
    ['somebody of the same name elsewhere', person('bob', { tenant: 'acme' }), 'not_on_slate'],
    ['somebody who has left the group', person('bob', {}, { groups: [] }), 'left_group'],
    ['a super-approver who is none any more', person('alice', {}, { superApprover: false }), 'left_group'],
    [
      'a super-approver who was none when it was asked',
      person('gina', {}, { superApprover: true }),
      'not_on_slate',
    ],
  ] as const)('is not for %s', (_who, caller, code) => {
    thenRefused(when(given(ask()), approve(caller)), code);
  });

  test('a super-approver fills one place, not all of them', () => {
    expect(statusAfter(ask(), approve('alice'))).toBe('pending');
    expect(statusAfter(ask(), approve('alice'), approve('bob'))).toBe('approved');
  });

  test('a super-approver stands on the slate of what nobody was asked for, and is told that it is decided', () => {
    const automatic = given({ ...ask({ slate: slate({ stages: [] }) }), autoApprove: true });
    thenRefused(when(automatic, deny('alice')), 'already_decided');
    thenRefused(when(automatic, deny('bob')), 'not_on_slate');
    expect(when(automatic, deny('bob')).refusal?.detail).toContain('approvers are: nobody');
  });

  test('a group that the token claims', () => {
    const from = { label: 'ops', users: [], groups: [], claims: ['ops'], admins: false };
    const asked = given(ask({ slate: slate({ stages: [{ name: 'ops', require: [{ from, min: 1 }] }] }) }));
    expect(when(asked, approve(person('zoe', { groups: ['ops'] }))).types).toContain('RequestApproved');
    thenRefused(when(asked, approve(person('zoe', { groups: ['dev'] }))), 'not_on_slate');
  });

  test('any admin, where the policy names nobody', () => {
    const from = { label: 'any admin', users: [], groups: [], claims: [], admins: true };
    const asked = given(
      ask({ slate: slate({ stages: [{ name: 'approval', require: [{ from, min: 1 }] }] }) }),
    );
    expect(when(asked, approve(person('root', { roles: ['admin'] }))).types).toContain('RequestApproved');
    thenRefused(when(asked, approve(person('zoe'))), 'not_on_slate');
  });
});

describe('nobody decides the own request', () => {
  const bob = person('bob', { roles: ['requester', 'approver'] });
  test.each([
    ['the requester', ask({}, bob)],
    ['on whose behalf', ask({ onBehalfOf: 'bob' })],
    ['the owner of the key', ask({ owner: 'bob' })],
  ])('%s', (_who, asked) => {
    thenRefused(when(given(asked), approve('bob')), 'self_approval');
    thenRefused(when(given(asked), deny('bob')), 'self_approval');
  });

  test('nor does a super-approver', () => {
    thenRefused(when(given(ask({ onBehalfOf: 'alice' })), approve('alice')), 'self_approval');
  });

  test('unless the policy says so', () => {
    const asked = given(ask({ slate: slate({ allowSelfApproval: true }) }, bob));
    expect(when(asked, approve('bob')).types).toEqual(['ApprovalGranted']);
  });
});

describe('denying', () => {
  test('ends the request at its threshold, with the note', () => {
    const { types, state } = when(given(ask()), deny('bob', { note: 'not today' }));
    expect(types).toEqual(['DenialGiven', 'RequestDenied']);
    expect((state as Approval).decision).toMatchObject({ outcome: 'denied', by: 'bob', note: 'not today' });
  });

  test('a threshold of two takes two people', () => {
    const asked = given(ask({ slate: slate({ denyThreshold: 2 }) }), deny('bob'));
    expect(when(asked, deny('bob')).events).toEqual([]);
    expect(when(asked, deny('carol')).types).toEqual(['DenialGiven', 'RequestDenied']);
    thenRefused(when(asked, approve('bob')), 'already_denied');
  });

  test('a voter may turn an approval into a denial; the approval then counts no more', () => {
    const turned = given(ask({ slate: slate({ denyThreshold: 2 }) }), approve('bob'), deny('bob'));
    expect(when(turned, approve('carol')).types).toEqual(['ApprovalGranted']);
  });

  test('is possible before anybody has acknowledged, and from any stage', () => {
    const personas = [{ name: 'on-call', from: groups('sre') }];
    expect(when(given(ask({ slate: slate({ personas }) })), deny('bob')).types).toContain('RequestDenied');
    const stages = [
      { name: 'peers', require: [{ from: groups('sre'), min: 1 }] },
      { name: 'owner', require: [{ from: users('olga'), min: 1 }] },
    ];
    expect(when(given(ask({ slate: slate({ stages }) })), deny('olga')).types).toContain('RequestDenied');
  });
});

describe('stages', () => {
  const stages = [
    {
      name: 'peers',
      require: [
        { from: groups('sre'), min: 1 },
        { from: groups('security'), min: 1 },
      ],
    },
    { name: 'owner', require: [{ from: users('alice', 'bob'), min: 1 }] },
  ];
  const asked = ask({ slate: slate({ stages, superApprovers: [] }) });

  test('in order, each with all its places', () => {
    const first = given(asked, approve('bob'));
    thenRefused(when(first, approve(person('alice'))), 'not_your_stage');
    const second = when(first, approve('dan'));
    expect(second.types).toEqual(['ApprovalGranted', 'StageCompleted']);
    expect(when([...first, ...second.events], approve(person('alice'))).types).toContain('RequestApproved');
  });

  test('one person, one place, whatever the order of votes', () => {
    // Bob fits both places: he must end up wherever the next voter does not fit.
    expect(when(given(asked, approve('bob')), approve('dan')).types).toContain('StageCompleted');
    expect(when(given(asked, approve('bob')), approve('carol')).types).toContain('StageCompleted');
    expect(when(given(asked, approve('dan')), approve('erin')).types).not.toContain('StageCompleted');
  });

  test('votes do not carry over, and a second click does not become a vote for the next stage', () => {
    const owner = given(asked, approve('bob'), approve('carol'));
    thenRefused(when(owner, approve('bob')), 'stage_required');
    expect(when(owner, approve('carol')).refusal).toBeUndefined();
    expect(when(owner, approve('carol')).events).toEqual([]);
    expect(when(owner, approve('bob', { stage: 'peers' })).events).toEqual([]);
    expect(when(owner, approve('bob', { stage: 'owner' })).types).toContain('RequestApproved');
  });

  test('naming another stage than the one asked is refused', () => {
    thenRefused(when(given(asked), approve('bob', { stage: 'owner' })), 'wrong_stage');
    thenRefused(when(given(asked), approve('bob', { stage: 'nonsense' })), 'wrong_stage');
  });
});

describe('a decision names what it decided', () => {
  test('an outdated hash is refused, the current one recorded, none is unbound', () => {
    const asked = given(ask());
    const { paramsHash } = (when(asked, approve('dan')).state as Approval).request;
    const stale = when(asked, approve('bob', { paramsHash: 'sha256:old' }));
    thenRefused(stale, 'stale_plan');
    expect(stale.refusal?.facts).toMatchObject({ paramsHash });
    expect(when(asked, approve('bob', { paramsHash })).events[0]?.data).toMatchObject({ paramsHash });
    expect(when(asked, approve('bob')).events[0]?.data).toMatchObject({ paramsHash: null });
  });
});

describe('personas', () => {
  const personas = [
    { name: 'on-call', from: groups('sre') },
    { name: 'security', from: groups('security') },
  ];
  const asked = ask({ slate: slate({ personas }) });

  test('all must acknowledge before anybody approves', () => {
    const some = given(asked, acknowledge('bob', 'on-call'));
    const outcome = when(some, approve('carol'));
    thenRefused(outcome, 'personas_pending');
    expect(outcome.refusal?.facts).toEqual({ personas: ['security'] });
    expect(statusAfter(asked, acknowledge('bob', 'on-call'))).toBe('awaiting_personas');
    expect(statusAfter(asked, acknowledge('bob', 'on-call'), acknowledge('dan', 'security'))).toBe('pending');
  });

  test('an acknowledgement fills no place', () => {
    const both = given(asked, acknowledge('bob', 'on-call'), acknowledge('dan', 'security'), approve('bob'));
    expect(when(both, approve('carol')).types).toContain('RequestApproved');
  });

  test('once is enough, from somebody who holds it', () => {
    expect(when(given(asked, acknowledge('bob', 'on-call')), acknowledge('carol', 'on-call')).events).toEqual(
      [],
    );
    thenRefused(when(given(asked), acknowledge('erin', 'on-call')), 'not_on_slate');
    thenRefused(when(given(asked), acknowledge(person('bob', {}, { groups: [] }), 'on-call')), 'left_group');
    thenRefused(
      when(given(asked), acknowledge(person('bob', { kind: 'machine' }), 'on-call')),
      'machine_may_not_decide',
    );
    thenRefused(when(given(asked), acknowledge('bob', 'legal')), 'unknown_persona');
  });

  test('withdrawn by its giver, approvals wait until it is given again', () => {
    const withdraw = (who: string) =>
      command({ type: 'WithdrawAcknowledgement', persona: 'on-call' }, person(who));
    const one = given(asked, acknowledge('bob', 'on-call'), acknowledge('dan', 'security'), approve('carol'));
    thenRefused(when(one, withdraw('carol')), 'not_acknowledger');
    const withdrawn = [...one, ...when(one, withdraw('bob')).events];
    thenRefused(when(withdrawn, withdraw('bob')), 'not_acknowledged');
    thenRefused(when(withdrawn, approve('frank')), 'personas_pending');
    const again = [...withdrawn, ...when(withdrawn, acknowledge('frank', 'on-call')).events];
    expect(when(again, approve('bob')).types).toContain('RequestApproved');
  });
});

describe('the deadline is in the first event', () => {
  const expire = (seconds: number) =>
    ({ type: 'ExpireRequest', requestId: REQUEST, now: at(seconds) }) as const;
  const escalate = (seconds: number, rung = 0) =>
    ({ type: 'EscalateRequest', requestId: REQUEST, now: at(seconds), rung }) as const;

  test('a click after it is refused and records the expiry, timer or not', () => {
    const late = when(given(ask()), approve('bob', {}, 3600));
    thenRefused(late, 'expired');
    expect(late.types).toEqual(['RequestExpired']);
    expect(when(given(ask()), approve('bob', {}, 3599.999)).types).toEqual(['ApprovalGranted']);
  });

  test('the timer writes once, never early, never after a decision', () => {
    expect(when(given(ask()), expire(3599)).types).toEqual([]);
    const expired = [...given(ask()), ...when(given(ask()), expire(3601)).events];
    expect(expired.at(-1)?.data).toMatchObject({ expiresAt: at(3600), at: at(3601) });
    expect(when(expired, expire(3602)).types).toEqual([]);
    expect(when(given(ask(), deny('bob')), expire(3601)).types).toEqual([]);
    thenRefused(when(expired, approve('bob', {}, 3602)), 'already_decided');
  });

  test('a rung fires once at its time, and is skipped once the request is over', () => {
    expect(when(given(ask()), escalate(2999)).types).toEqual([]);
    const first = when(given(ask()), escalate(3001));
    expect(first.events[0]?.data).toMatchObject({ rung: 0, dueAt: at(3000), notify: ['#sre'] });
    expect(when([...given(ask()), ...first.events], escalate(3002)).types).toEqual([]);
    expect(when(given(ask()), escalate(3001, 7)).types).toEqual([]);
    expect(when(given(ask(), deny('bob')), escalate(3001)).types).toEqual([]);
    expect(when(given(ask()), escalate(3700)).types).toEqual(['RequestExpired']);
  });

  test('commands to a request that is not there', () => {
    thenRefused(when([], approve('bob')), 'not_found');
    thenRefused(when([], expire(1)), 'not_found');
    thenRefused(when([], command({ type: 'CancelRequest' }, ci)), 'not_found');
  });
});
