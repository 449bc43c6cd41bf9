import {
  type ActionRule,
  type Approval,
  comparableHash,
  decideRepeat,
  evolveLineage,
  initialLineage,
  type JsonObject,
  personId,
  type Refusal,
  type ReserveRepeat,
  refusal,
} from '@countersign/domain';
import type { Context } from '../context.ts';
import { load } from '../transact/load.ts';
import { transact } from '../transact/transact.ts';
import type { Ask, AskingPorts } from './types.ts';

/** The request's place in its chain of repeats. */
export interface Lineage {
  readonly rootRequestId: string;
  readonly previousRequestId?: string;
}

interface Repeating {
  readonly ask: Ask;
  readonly context: Context;
  readonly requestId: string;
  readonly rule: ActionRule;
  readonly now: string;
  /** As the ledger will hold them. */
  readonly params: JsonObject;
}

const evolver = { initial: initialLineage, evolve: evolveLineage };

/** Where a new request stands among its repeats; where the policy limits them, the repeat is reserved first. */
export async function resolveLineage(
  ports: AskingPorts,
  repeating: Repeating,
): Promise<Lineage | { refusal: Refusal }> {
  const { ask, context, requestId, rule, now } = repeating;
  // What was just denied counts whatever else is named, or naming something older would get round its cooldown.
  const previousRequestId = (await findJustDenied(ports, repeating)) ?? ask.previousRequestId;
  if (previousRequestId === undefined) return { rootRequestId: requestId };
  const previous = await ports.executor.load(previousRequestId);
  const requester = personId(context.principal.tenant, context.principal.sub);
  if (
    !previous ||
    previous.approval.request.tenant !== context.principal.tenant ||
    previous.approval.request.by.sub !== requester
  ) {
    return { refusal: refusal('previous_request_unknown', `you have made no request ${previousRequestId}`) };
  }
  const decidedAt = decidedAtOf(previous.approval, now);
  if (decidedAt === null) {
    return { refusal: refusal('previous_request_undecided', `request ${previousRequestId} is still open`) };
  }
  const { rootRequestId } = previous.approval.request;
  if (rule.reRequest) {
    const newestDecidedAt = await decisionOfNewest(ports, rootRequestId, now);
    const command = {
      now,
      requestId,
      previousRequestId,
      previousDecidedAt:
        newestDecidedAt !== null && newestDecidedAt > decidedAt ? newestDecidedAt : decidedAt,
      by: requester,
      limits: rule.reRequest,
    };
    const stop = await reserve(ports, rootRequestId, command, context.correlationId);
    if (stop) return { refusal: stop };
  }
  return { rootRequestId, previousRequestId };
}

function decidedAtOf({ decision, request }: Approval, now: string): string | null {
  return decision?.at ?? (now >= request.expiresAt ? request.expiresAt : null);
}

/** When the chain's newest repeat was decided: its cooldown runs even if an older request of the chain is named. */
async function decisionOfNewest(
  { store, executor }: AskingPorts,
  rootRequestId: string,
  now: string,
): Promise<string | null> {
  const { state } = await load(store, lineageOf(rootRequestId), evolver);
  const newest = state.repeats.at(-1);
  const known = newest ? await executor.load(newest.requestId) : null;
  return known && decidedAtOf(known.approval, now);
}

function lineageOf(rootRequestId: string): string {
  return `lineage-${rootRequestId}`;
}

/** Asking again what was just denied counts as naming it. */
async function findJustDenied(ports: AskingPorts, repeating: Repeating): Promise<string | undefined> {
  const { ask, context, rule, now, params } = repeating;
  const cooldownSec = rule.reRequest?.cooldownSec ?? 0;
  if (cooldownSec === 0 || !ports.findRecentDenial) return undefined;
  const { tenant, sub } = context.principal;
  const since = new Date(Date.parse(now) - cooldownSec * 1000).toISOString();
  const sought = {
    tenant,
    requester: personId(tenant, sub),
    action: ask.action,
    comparableHash: comparableHash(params),
    since,
  };
  return (await ports.findRecentDenial(sought)) ?? undefined;
}

async function reserve(
  { store, deadlineMs = 5000 }: AskingPorts,
  rootRequestId: string,
  command: ReserveRepeat,
  correlationId: string,
): Promise<Refusal | undefined> {
  const done = await transact(
    store,
    {
      stream: lineageOf(rootRequestId),
      evolver,
      origin: { correlationId },
      decide: (state) => decideRepeat(command, state),
    },
    { maxAttempts: 10, deadlineMs },
  );
  return done.refusal;
}
