import type { Principal, Via } from '@countersign/domain';

/** Who sends a command, on which way, as part of what. */
export interface Context {
  readonly principal: Principal;
  readonly via: Via;
  /** Follows one piece of work through logs, events and traces. */
  readonly correlationId: string;
  /** The caller insists that the request's stream is at this revision. */
  readonly ifRevision?: number | undefined;
}
