import { type Chain, type Ending, endingText } from './chain.ts';
import { OBSERVATIONS, STAGES, type Story } from './mapping.ts';

export interface Difference {
  readonly declaration: string;
  /** 1-based; 0 for the declaration as a whole. */
  readonly submission: number;
  readonly expected: string;
  readonly found: string;
}

/** Every submission of every declaration, one by one, in both directions: nothing missing, nothing more. */
export function compareChains(expected: readonly Chain[], found: readonly Chain[]): Difference[] {
  const left = new Map(found.map((chain) => [chain.declaration, chain]));
  const differences = expected.flatMap((chain) => {
    const other = left.get(chain.declaration);
    left.delete(chain.declaration);
    return compareChain(chain, other ?? { declaration: chain.declaration, endings: [] });
  });
  for (const { declaration, endings } of left.values()) {
    differences.push({
      declaration,
      submission: 0,
      expected: 'nothing',
      found: `${endings.length} requests`,
    });
  }
  return differences;
}

function compareChain({ declaration, endings }: Chain, found: Chain): Difference[] {
  const count = Math.max(endings.length, found.endings.length);
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const should = describe(endings[index]);
    const does = describe(found.endings[index]);
    return should === does ? [] : [{ declaration, submission: index + 1, expected: should, found: does }];
  });
}

function describe(ending: Ending | undefined): string {
  return ending ? endingText(ending) : 'nothing';
}

export interface Total {
  readonly what: string;
  readonly log: number;
  readonly ledger: number;
}

/**
 * Totals of both sides. The log's are counts of its own lines, taken before any line was interpreted, wherever the
 * log has a line for it: so they also check the mapping.
 */
export function totalsOf(
  activities: ReadonlyMap<string, number>,
  stories: readonly Story[],
  found: readonly Chain[],
): Total[] {
  const lines = (activity: string) => activities.get(activity) ?? 0;
  const endings = found.flatMap((chain) => chain.endings);
  const ended = (outcome: string) => endings.filter((ending) => ending.outcome === outcome).length;
  const acknowledged = sum(stories.map(({ observed }) => observed.acknowledged));
  const verb = (stage: string) => (stage === 'supervisor' ? 'FINAL_APPROVED' : 'APPROVED');
  const role = (stage: string) =>
    stage === 'pre-approver' ? 'PRE_APPROVER' : stage.toUpperCase().replace('-', ' ');

  const totals: Total[] = [
    { what: 'requests', log: lines('Declaration SUBMITTED by EMPLOYEE'), ledger: endings.length },
    { what: 'approved', log: lines('Declaration FINAL_APPROVED by SUPERVISOR'), ledger: ended('approved') },
    {
      what: 'rejected',
      log: sum(STAGES.map((stage) => lines(`Declaration REJECTED by ${role(stage)}`))),
      ledger: ended('rejected'),
    },
    {
      what: 'cancelled by the employee',
      log: lines('Declaration REJECTED by EMPLOYEE') - acknowledged,
      ledger: ended('cancelled'),
    },
  ];
  for (const stage of STAGES) {
    totals.push({
      what: `stage ${stage} completed`,
      log: lines(`Declaration ${verb(stage)} by ${role(stage)}`),
      ledger: endings.filter(({ completed }) => completed.includes(stage)).length,
    });
    totals.push({
      what: `rejected at ${stage}`,
      log: lines(`Declaration REJECTED by ${role(stage)}`),
      ledger: endings.filter(({ rejectedBy }) => rejectedBy.some((by) => by.endsWith(` at ${stage}`))).length,
    });
  }
  return [...totals.filter(({ log, ledger }) => log + ledger > 0), ...resubmissions(stories, found)];
}

function resubmissions(stories: readonly Story[], found: readonly Chain[]): Total[] {
  const expected = Map.groupBy(stories, ({ submissions }) => submissions.length);
  // A link of a chain counts only when it names the one before: a chain that is broken does not reach its length.
  const linked = ({ endings }: Chain) =>
    endings.filter(({ repeats }, index) => repeats === (index || null)).length;
  const actual = Map.groupBy(found, linked);
  const lengths = [...new Set([...expected.keys(), ...actual.keys()])]
    .filter((n) => n > 0)
    .sort((a, b) => a - b);
  return lengths.map((length) => ({
    what: length === 1 ? 'declarations never resubmitted' : `declarations resubmitted ${length - 1} ×`,
    log: expected.get(length)?.length ?? 0,
    ledger: actual.get(length)?.length ?? 0,
  }));
}

/** Steps of the log that are no command, by what they are. */
export function observationsOf(
  stories: readonly Story[],
): { readonly what: string; readonly count: number }[] {
  return OBSERVATIONS.map((what) => ({ what, count: sum(stories.map(({ observed }) => observed[what])) }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
