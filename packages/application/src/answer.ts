import type { Approval, Refusal } from '@countersign/domain';
import type { Position } from '@countersign/event-store';

/** A request as its stream tells it, and where. */
export interface Known {
  readonly approval: Approval;
  readonly revision: number;
  readonly position: Position;
}

/** What became of a command. A refusal is a value: nothing went wrong, a rule said no. */
export type Answer =
  | (Known & {
      readonly ok: true /** False when all that was asked was already so. */;
      readonly changed: boolean;
    })
  | { readonly ok: false; readonly refusal: Refusal; readonly known?: Known };
