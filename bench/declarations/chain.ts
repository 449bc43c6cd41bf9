import type { Stage, Story, Submission } from './mapping.ts';
import { deciderOf } from './people.ts';

/** What became of one submission, in a form that the log's side and the ledger's side can both be brought into. */
export interface Ending {
  readonly outcome: string;
  /** Stages that were completed, in order. */
  readonly completed: readonly string[];
  /** Who approved, in order. */
  readonly approvedBy: readonly string[];
  /** `person at stage`; empty when nobody rejected. */
  readonly rejectedBy: readonly string[];
  /** 1-based number of the submission it repeats; null for the first. */
  readonly repeats: number | null;
}

/** One declaration: its submissions in order. */
export interface Chain {
  readonly declaration: string;
  readonly endings: readonly Ending[];
}

/** How a declaration must have ended, by the log alone. */
export function expectedChain({ declaration, submissions }: Story): Chain {
  const endings = submissions.map((submission, index) => expectedEnding(declaration, submission, index));
  return { declaration, endings };
}

function expectedEnding(declaration: string, { moves, outcome }: Submission, index: number): Ending {
  const person = (stage: Stage) => deciderOf(stage, declaration, index + 1);
  const completed = moves.flatMap((move) => (move.kind === 'approve' ? [move.stage] : []));
  const rejected = moves.flatMap((move) => (move.kind === 'reject' ? [move.stage] : []));
  return {
    outcome,
    completed,
    approvedBy: completed.map(person),
    rejectedBy: rejected.map((stage) => `${person(stage)} at ${stage}`),
    repeats: index === 0 ? null : index,
  };
}

export function endingText({ outcome, completed, approvedBy, rejectedBy, repeats }: Ending): string {
  const parts = [
    outcome,
    `completed [${completed.join(', ')}]`,
    `approved by [${approvedBy.join(', ')}]`,
    `rejected by [${rejectedBy.join(', ')}]`,
    repeats === null ? 'first' : `repeats #${repeats}`,
  ];
  return parts.join('; ');
}
