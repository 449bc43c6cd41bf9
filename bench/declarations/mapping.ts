import type { LogStep, LogTrace } from './log.ts';

/**
 * What a declaration's trace means to the ledger. Each submission is a request of its own, and the next submission
 * of the same declaration repeats the one before. Its stages are the way it went: those who approved, in the log's
 * order, the one who rejected, and at the end the supervisor, whose final approval ends every completed way.
 */

/** Who decides a stage, as stages and groups are named. */
export const STAGES = ['administration', 'budget-owner', 'pre-approver', 'supervisor', 'director'] as const;
export type Stage = (typeof STAGES)[number];

export type Move =
  | { readonly kind: 'approve'; readonly stage: Stage }
  | { readonly kind: 'reject'; readonly stage: Stage }
  | { readonly kind: 'cancel' };

export interface Submission {
  /** All stages of the request, in order. */
  readonly route: readonly Stage[];
  readonly moves: readonly Move[];
  readonly outcome: 'approved' | 'rejected' | 'cancelled';
}

/** Steps of the log that ask nothing of the ledger. */
export const OBSERVATIONS = [
  'saved',
  'acknowledged',
  'sentBack',
  'paymentRequested',
  'paymentHandled',
] as const;
export type Observation = (typeof OBSERVATIONS)[number];

export interface Story {
  readonly declaration: string;
  readonly submissions: readonly Submission[];
  readonly observed: Readonly<Record<Observation, number>>;
}

/** A trace that no rule covers. Guessing would make the proof worthless. */
export class Unmapped extends Error {
  constructor({ name, steps }: LogTrace, index: number, why: string) {
    const marked = steps.map(({ activity }, at) => (at === index ? `>>${activity}<<` : activity));
    super(`${name}: ${why}\n  ${marked.join(' > ')}`);
    this.name = 'Unmapped';
  }
}

type Meaning =
  | { readonly kind: 'submit' }
  | { readonly kind: 'approve'; readonly stage: Stage; readonly final: boolean }
  | { readonly kind: 'reject'; readonly stage: Stage }
  | { readonly kind: 'rejectByEmployee' }
  | { readonly kind: 'rejectByPayment' }
  | { readonly kind: 'observe'; readonly what: Observation };

interface Draft {
  readonly approved: Stage[];
  readonly moves: Move[];
}

type Fail = (why: string) => never;

const FINAL: Stage = 'supervisor';

/** @throws Unmapped */
export function storyOf(trace: LogTrace): Story {
  const submissions: Submission[] = [];
  const observed = { saved: 0, acknowledged: 0, sentBack: 0, paymentRequested: 0, paymentHandled: 0 };
  let draft: Draft | null = null;
  for (const [index, step] of trace.steps.entries()) {
    const fail: Fail = (why) => {
      throw new Unmapped(trace, index, why);
    };
    const meaning = meaningOf(step, fail);
    if (draft) {
      const decided: Submission | null = whileUndecided(draft, meaning, fail);
      if (decided) {
        submissions.push(decided);
        draft = null;
      }
    } else if (meaning.kind === 'submit') {
      draft = { approved: [], moves: [] };
    } else {
      observed[whileDecided(meaning, submissions.at(-1)?.outcome, fail)]++;
    }
  }
  if (draft) throw new Unmapped(trace, trace.steps.length - 1, 'the last submission stays undecided');
  return { declaration: trace.name, submissions, observed };
}

/** A step on an undecided request; gives the submission once it is decided. */
function whileUndecided(draft: Draft, meaning: Meaning, fail: Fail): Submission | null {
  switch (meaning.kind) {
    case 'approve': {
      const stage = nextStage(draft, meaning.stage, fail);
      draft.approved.push(stage);
      draft.moves.push({ kind: 'approve', stage });
      return meaning.final ? { route: draft.approved, moves: draft.moves, outcome: 'approved' } : null;
    }
    case 'reject': {
      const stage = nextStage(draft, meaning.stage, fail);
      draft.moves.push({ kind: 'reject', stage });
      return { route: toTheEnd([...draft.approved, stage]), moves: draft.moves, outcome: 'rejected' };
    }
    case 'rejectByEmployee':
      draft.moves.push({ kind: 'cancel' });
      return { route: toTheEnd(draft.approved), moves: draft.moves, outcome: 'cancelled' };
    case 'submit':
      return fail('submitted again while undecided');
    case 'rejectByPayment':
      return fail('sent back by payment while undecided');
    case 'observe':
      return fail(`${meaning.what} while undecided`);
  }
}

/** A step on a request that is decided, or before there is one: it changes nothing there, and is counted. */
function whileDecided(meaning: Meaning, last: Submission['outcome'] | undefined, fail: Fail): Observation {
  if (meaning.kind === 'observe') {
    if (meaning.what === 'saved' && last !== undefined) fail('saved after it was submitted');
    return meaning.what;
  }
  if (meaning.kind === 'rejectByEmployee' && last === 'rejected') return 'acknowledged';
  if (meaning.kind === 'rejectByPayment' && last === 'approved') return 'sentBack';
  return fail(`nothing is open that this could decide (last outcome: ${last ?? 'none'})`);
}

function nextStage(draft: Draft, stage: Stage, fail: Fail): Stage {
  if (draft.approved.includes(stage)) fail(`${stage} decides twice`);
  if (draft.approved.includes(FINAL)) fail(`${stage} decides after the supervisor`);
  return stage;
}

/** A way that was broken off would have ended at the supervisor. */
function toTheEnd(route: readonly Stage[]): Stage[] {
  return route.includes(FINAL) ? [...route] : [...route, FINAL];
}

const STAGE_OF: Readonly<Record<string, Stage>> = {
  ADMINISTRATION: 'administration',
  'BUDGET OWNER': 'budget-owner',
  PRE_APPROVER: 'pre-approver',
  SUPERVISOR: 'supervisor',
  DIRECTOR: 'director',
};
const PLAIN: Readonly<Record<string, Meaning>> = {
  'Declaration SUBMITTED by EMPLOYEE': { kind: 'submit' },
  'Declaration SAVED by EMPLOYEE': { kind: 'observe', what: 'saved' },
  'Declaration REJECTED by EMPLOYEE': { kind: 'rejectByEmployee' },
  'Declaration REJECTED by MISSING': { kind: 'rejectByPayment' },
  'Request Payment': { kind: 'observe', what: 'paymentRequested' },
  'Payment Handled': { kind: 'observe', what: 'paymentHandled' },
};
const JUDGEMENT = /^Declaration (APPROVED|FINAL_APPROVED|REJECTED) by (.+)$/;

function meaningOf({ activity, role }: LogStep, fail: Fail): Meaning {
  const plain = PLAIN[activity];
  if (plain) return plain;
  const [, verb, who = ''] = JUDGEMENT.exec(activity) ?? [];
  const stage = STAGE_OF[who];
  if (!verb || !stage) return fail(`no rule for "${activity}"`);
  if (who !== role) return fail(`"${activity}" is recorded of the role ${role}`);
  if (verb === 'REJECTED') return { kind: 'reject', stage };
  const final = verb === 'FINAL_APPROVED';
  if (final !== (stage === FINAL))
    return fail(`an approval is final if, and only if, it is the supervisor's`);
  return { kind: 'approve', stage, final };
}
