import { describe, expect, test } from '@jest/globals';
import type { LogTrace } from '../declarations/log.ts';
import { storyOf, Unmapped } from '../declarations/mapping.ts';

const SHORT: Record<string, [activity: string, role: string]> = {
  save: ['Declaration SAVED by EMPLOYEE', 'EMPLOYEE'],
  submit: ['Declaration SUBMITTED by EMPLOYEE', 'EMPLOYEE'],
  adm: ['Declaration APPROVED by ADMINISTRATION', 'ADMINISTRATION'],
  budget: ['Declaration APPROVED by BUDGET OWNER', 'BUDGET OWNER'],
  pre: ['Declaration APPROVED by PRE_APPROVER', 'PRE_APPROVER'],
  final: ['Declaration FINAL_APPROVED by SUPERVISOR', 'SUPERVISOR'],
  noAdm: ['Declaration REJECTED by ADMINISTRATION', 'ADMINISTRATION'],
  noSup: ['Declaration REJECTED by SUPERVISOR', 'SUPERVISOR'],
  noEmp: ['Declaration REJECTED by EMPLOYEE', 'EMPLOYEE'],
  noPay: ['Declaration REJECTED by MISSING', 'MISSING'],
  ask: ['Request Payment', 'UNDEFINED'],
  paid: ['Payment Handled', 'UNDEFINED'],
};

function trace(steps: string, name = 'declaration 1'): LogTrace {
  return {
    name,
    steps: steps.split(' ').map((short) => {
      const [activity, role] = SHORT[short] ?? [short, 'NOBODY'];
      return { activity, role, at: '2018-01-01T00:00:00Z' };
    }),
  };
}

const outline = (steps: string) =>
  storyOf(trace(steps)).submissions.map(({ route, moves, outcome }) => {
    const done = moves.map((move) => (move.kind === 'cancel' ? 'cancel' : `${move.kind} ${move.stage}`));
    return `${route.join(' > ')}: ${done.join(', ')} = ${outcome}`;
  });

describe('a trace becomes requests', () => {
  test('the stages are those who approved, in the order of the log', () => {
    expect(outline('submit adm budget final ask paid')).toEqual([
      'administration > budget-owner > supervisor: approve administration, approve budget-owner, approve supervisor = approved',
    ]);
    expect(outline('submit pre final ask paid')).toEqual([
      'pre-approver > supervisor: approve pre-approver, approve supervisor = approved',
    ]);
  });

  test('a rejection is a denial at the stage of whoever rejected; the way would have gone on to the supervisor', () => {
    expect(outline('submit noAdm noEmp')).toEqual([
      'administration > supervisor: reject administration = rejected',
    ]);
    expect(outline('submit adm noSup noEmp')).toEqual([
      'administration > supervisor: approve administration, reject supervisor = rejected',
    ]);
  });

  test('each submission is a request of its own', () => {
    expect(outline('submit noAdm noEmp submit adm final ask paid')).toEqual([
      'administration > supervisor: reject administration = rejected',
      'administration > supervisor: approve administration, approve supervisor = approved',
    ]);
  });

  test("the employee's rejection cancels what is undecided and acknowledges what was rejected", () => {
    const story = storyOf(trace('submit noAdm submit noEmp submit final noPay submit noSup ask paid noEmp'));
    expect(story.submissions.map(({ outcome }) => outcome)).toEqual([
      'rejected',
      'cancelled',
      'approved',
      'rejected',
    ]);
    expect(story.observed).toEqual({
      saved: 0,
      acknowledged: 1,
      sentBack: 1,
      paymentRequested: 1,
      paymentHandled: 1,
    });
  });

  test('what was only saved asks for nothing', () => {
    expect(storyOf(trace('save ask paid'))).toMatchObject({
      submissions: [],
      observed: { saved: 1, paymentHandled: 1 },
    });
  });
});

describe('what no rule covers is refused, with its place', () => {
  test.each([
    ['an unknown activity', 'submit Declaration_EATEN_by_DOG', 'no rule for "Declaration_EATEN_by_DOG"'],
    ['a submission on an open one', 'submit submit', 'submitted again while undecided'],
    ['an approval of nothing', 'adm', 'nothing is open'],
    ['an approval after the end', 'submit final adm', 'last outcome: approved'],
    ['a rejection by the employee after approval', 'submit final noEmp', 'last outcome: approved'],
    ['payment on an open one', 'submit ask', 'paymentRequested while undecided'],
    ['payment sends back what was never approved', 'submit noAdm noPay', 'last outcome: rejected'],
    ['a stage twice', 'submit adm adm', 'administration decides twice'],
    ['an open end', 'submit adm', 'stays undecided'],
    ['a saving after a submission', 'submit final save', 'saved after it was submitted'],
  ])('%s', (_, steps, why) => {
    expect(() => storyOf(trace(steps))).toThrow(Unmapped);
    expect(() => storyOf(trace(steps))).toThrow(why);
  });

  test('a role that contradicts the activity', () => {
    const odd = trace('submit adm');
    const steps = odd.steps.map((step) => ({ ...step, role: 'EMPLOYEE' }));
    expect(() => storyOf({ ...odd, steps })).toThrow('is recorded of the role EMPLOYEE');
  });
});
