import { describe, expect, test } from '@jest/globals';
import { type Chain, type Ending, expectedChain } from '../declarations/chain.ts';
import { compareChains, totalsOf } from '../declarations/compare.ts';
import { countActivities, type LogTrace } from '../declarations/log.ts';
import { storyOf } from '../declarations/mapping.ts';
import { chainsOf } from '../declarations/read-side.ts';

const step = (activity: string, role: string) => ({ activity, role, at: '2018-01-01T00:00:00Z' });
const SUBMIT = step('Declaration SUBMITTED by EMPLOYEE', 'EMPLOYEE');
const APPROVE = step('Declaration APPROVED by ADMINISTRATION', 'ADMINISTRATION');
const FINAL = step('Declaration FINAL_APPROVED by SUPERVISOR', 'SUPERVISOR');
const REJECT = step('Declaration REJECTED by ADMINISTRATION', 'ADMINISTRATION');

const traces: LogTrace[] = [
  { name: 'declaration 1', steps: [SUBMIT, APPROVE, FINAL] },
  { name: 'declaration 2', steps: [SUBMIT, REJECT, SUBMIT, APPROVE, FINAL] },
];
const stories = traces.map(storyOf);
const expected = stories.map(expectedChain);

/** The expectation with one thing changed. */
function tampered(change: (chains: { declaration: string; endings: Ending[] }[]) => void): Chain[] {
  const copy = structuredClone(expected) as { declaration: string; endings: Ending[] }[];
  change(copy);
  return copy;
}

const edit = (index: number, at: number, changes: Partial<Ending>) =>
  tampered((chains) => {
    const endings = chains[index]?.endings as Ending[];
    endings[at] = { ...(endings[at] as Ending), ...changes };
  });

const cases: [string, Chain[]][] = [
  ['another outcome', edit(0, 0, { outcome: 'rejected' })],
  ['a stage not completed', edit(0, 0, { completed: ['supervisor'] })],
  ['stages completed in another order', edit(0, 0, { completed: ['supervisor', 'administration'] })],
  ['another approver', edit(0, 0, { approvedBy: ['administration-9', 'supervisor-1'] })],
  ['a rejection by somebody else', edit(1, 0, { rejectedBy: ['supervisor-1 at supervisor'] })],
  ['a link that is missing', edit(1, 1, { repeats: null })],
  ['a link to something else', edit(1, 1, { repeats: 0 })],
  ['a submission that is missing', tampered((chains) => chains[1]?.endings.pop())],
  [
    'a submission that is doubled',
    tampered((chains) => chains[0]?.endings.push(chains[0].endings[0] as Ending)),
  ],
  ['a declaration that is missing', tampered((chains) => chains.pop())],
  [
    'a declaration too many',
    tampered((chains) => chains.push({ declaration: 'declaration 3', endings: chains[0]?.endings ?? [] })),
  ],
];

describe('the proof', () => {
  test('finds nothing where both sides agree', () => {
    expect(compareChains(expected, structuredClone(expected))).toEqual([]);
    const totals = totalsOf(countActivities(traces), stories, expected);
    expect(totals.filter(({ log, ledger }) => log !== ledger)).toEqual([]);
    expect(totals).toContainEqual({ what: 'requests', log: 3, ledger: 3 });
    expect(totals).toContainEqual({ what: 'stage administration completed', log: 2, ledger: 2 });
    expect(totals).toContainEqual({ what: 'rejected at administration', log: 1, ledger: 1 });
    expect(totals).toContainEqual({ what: 'declarations resubmitted 1 ×', log: 1, ledger: 1 });
  });

  test.each(cases)('finds %s, whichever side it is on', (_, other) => {
    expect(compareChains(other, expected)).not.toEqual([]);
    expect(compareChains(expected, other)).not.toEqual([]);
  });

  test('totals tell a chain that is broken', () => {
    const totals = totalsOf(countActivities(traces), stories, edit(1, 1, { repeats: null }));
    expect(totals.filter(({ log, ledger }) => log !== ledger).map(({ what }) => what)).toEqual([
      'declarations never resubmitted',
      'declarations resubmitted 1 ×',
    ]);
  });
});

describe('the read side as chains', () => {
  const listed = (submission: number, more: object = {}) => ({
    approvalId: `id-${submission}`,
    status: 'approved',
    action: 'declaration.administration.supervisor',
    params: { run: 'r', declaration: 'declaration 1', submission },
    rootRequestId: 'id-1',
    ...more,
  });

  test('puts submissions in order, names links by number, and places a rejection', () => {
    const told = new Map([
      [
        'id-1',
        { completed: ['administration'], approvedBy: ['administration-1'], rejectedBy: ['supervisor-2'] },
      ],
    ]);
    const second = listed(2, { previousRequestId: 'id-1' });
    const [chain] = chainsOf([second, listed(1, { status: 'rejected' })], told);
    expect(chain?.endings).toEqual([
      {
        outcome: 'rejected',
        completed: ['administration'],
        approvedBy: ['administration-1'],
        rejectedBy: ['supervisor-2 at supervisor'],
        repeats: null,
      },
      { outcome: 'approved', completed: [], approvedBy: [], rejectedBy: [], repeats: 1 },
    ]);
  });

  test('a link into another chain, or another root, counts as none', () => {
    const strange = listed(2, { previousRequestId: 'id-7' });
    const uprooted = listed(3, { previousRequestId: 'id-2', rootRequestId: 'id-2' });
    const [chain] = chainsOf([listed(1), strange, uprooted], new Map());
    expect(chain?.endings.map(({ repeats }) => repeats)).toEqual([null, 0, 0]);
  });
});
