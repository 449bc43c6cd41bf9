import type { Json, JsonObject, PlanChecks, PlanStep } from '@countersign/domain';
import type { EventStore } from '@countersign/event-store';
import type { Clock } from '../clock.ts';
import type { Executor } from '../execute.ts';
import type { RequestKeys } from '../keys/request-keys.ts';
import type { PolicyRegister } from '../policy/register.ts';

/** What automation asks for. */
export interface Ask {
  readonly action: string;
  readonly params: JsonObject;
  readonly justification?: string | undefined;
  /** The person it is asked for; counts as requester. */
  readonly onBehalfOf?: string | undefined;
  readonly previousRequestId?: string | undefined;
  /** Called when it is decided. */
  readonly callbackUrl?: string | undefined;
  /**
   * Who else is told of the decision, which is put in where it has a place (see `closingFor`). Literal, and never the
   * caller's own words: only ways in that are to be trusted say it. It is no part of what an idempotency key stands for.
   */
  readonly closing?: PlanStep | undefined;
  /** The caller's own data, given back in answers. */
  readonly state?: Json | undefined;
  /** RFC 3339: nothing is carried out before. Only for actions with a plan. */
  readonly notBefore?: string | undefined;
  readonly channel: 'guard' | 'gate';
  readonly externalId?: string | undefined;
  /** The same key and body of the same caller is the same request, for ever. */
  readonly idempotencyKey?: string | undefined;
}

export interface AskingPorts {
  readonly store: EventStore;
  readonly policies: PolicyRegister;
  readonly keys: RequestKeys;
  readonly clock: Clock;
  readonly deadlineMs?: number;
  readonly executor: Executor;
  /** Requests name the Slack channel they are told in. */
  readonly slack?: boolean;
  /** Judges plans, and what is called in the end, by their connectors; absent: only whether plans can be filled in. */
  readonly plans?: PlanChecks;
  /** Absent where there is no read side: then only a named previous request counts as one. */
  readonly findRecentDenial?: FindRecentDenial | undefined;
}

/**
 * The newest request of the same requester, tenant and action, with the same parameters, that was denied since a
 * time; as current as the ledger when it resolves.
 */
export type FindRecentDenial = (sought: {
  tenant: string;
  requester: string;
  action: string;
  comparableHash: string;
  since: string;
}) => Promise<string | null>;
