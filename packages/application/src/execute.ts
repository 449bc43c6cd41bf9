import {
  type ApprovalCommand,
  type ApprovalEvent,
  type ApprovalState,
  decide,
  evolve,
  initialState,
  isAttempt,
  type Refusal,
  refusal,
} from '@countersign/domain';
import type { EventStore } from '@countersign/event-store';
import type { Answer, Known } from './answer.ts';
import { attemptsOf, recordAttempt } from './attempts.ts';
import { isRequestId } from './ids.ts';
import type { LedgerSignals } from './signals.ts';
import { traceCommand } from './trace.ts';
import { load } from './transact/load.ts';
import { createSerializer } from './transact/serially.ts';
import { createStateCache } from './transact/state-cache.ts';
import { type Transacted, transact } from './transact/transact.ts';

export interface ExecuteOptions {
  readonly correlationId: string;
  readonly ifRevision?: number | undefined;
  /** The request's id was made for this command. */
  readonly isNew?: boolean;
  /** Event ids derive from this: set when an idempotency key makes the command the same everywhere. */
  readonly idSeed?: string;
}

/** Load, decide, append: the whole way of one command. */
export interface Executor {
  execute(command: ApprovalCommand, options: ExecuteOptions): Promise<Answer>;
  load(requestId: string): Promise<Known | null>;
}

const evolver = { initial: initialState, evolve };
const MAX_ATTEMPTS = 10;

export function createExecutor(options: {
  store: EventStore;
  signals?: LedgerSignals;
  deadlineMs?: number;
  cachedStates?: number;
}): Executor {
  const { store, signals = {}, deadlineMs = 5000, cachedStates = 10_000 } = options;
  const limits = { maxAttempts: MAX_ATTEMPTS, deadlineMs };
  const cache = createStateCache<ApprovalState>(cachedStates);
  const serially = createSerializer();

  async function execute(
    command: ApprovalCommand,
    { correlationId, ifRevision, idSeed, isNew }: ExecuteOptions,
  ): Promise<Answer> {
    if (!isRequestId(command.requestId)) return unknownRequest(command.requestId);
    const began = performance.now();
    const stream = streamOf(command.requestId);
    const done = await traceCommand(command, await traceOf(command, stream), (traceparent) =>
      serially(stream, () =>
        transact<ApprovalState, ApprovalEvent>(
          store,
          {
            stream,
            evolver,
            cache,
            idSeed,
            ifRevision,
            isNew,
            origin: { correlationId, traceparent },
            decide: (state) => (isForeign(command, state) ? foreign(command) : decide(command, state)),
          },
          limits,
        ),
      ),
    );
    announce(command, done, correlationId);
    if (done.refusal) await noteAttempt(command, done.state, done.refusal, correlationId);
    signals.processed?.({ command: command.type, seconds: (performance.now() - began) / 1000 });
    return toAnswer(command, done);
  }

  /** Trace context of the request's beginning; reads the stream only where this instance does not hold its state. */
  async function traceOf(command: ApprovalCommand, stream: string): Promise<string | undefined> {
    if (command.type === 'RequestApproval') return undefined;
    const folded = cache.get(stream) ?? (await load(store, stream, evolver));
    if (folded.state.exists) cache.set(stream, folded);
    return folded.traceparent;
  }

  function announce(
    command: ApprovalCommand,
    done: Transacted<ApprovalState, ApprovalEvent>,
    correlationId: string,
  ): void {
    const { before, state: after, events, refusal: stop, traceparent } = done;
    const traceId = traceparent?.split('-')[1];
    const followed = { correlationId, ...(traceId !== undefined && { traceId }) };
    if (events.length > 0 && after.exists) {
      signals.appended?.({ before: before.exists ? before : null, after, events, ...followed });
    }
    if (!stop) return;
    const approval = after.exists && !isForeign(command, after) ? after : null;
    signals.refused?.({ command: command.type, refusal: stop, approval, ...followed });
  }

  async function noteAttempt(
    command: ApprovalCommand,
    state: ApprovalState,
    stop: Refusal,
    correlationId: string,
  ): Promise<void> {
    if (!isAttempt(stop.code) || !state.exists || !('caller' in command)) return;
    const { requestId, now: at, caller, type } = command;
    const { tenant } = state.request;
    try {
      const attempt = { requestId, tenant, caller, command: type, refusal: stop, at, correlationId };
      await serially(attemptsOf(requestId), () => recordAttempt(store, attempt, limits));
    } catch (error) {
      // The refusal stands whether or not its record could be written; that it could not is told.
      signals.failed?.({ what: `recording an attempt on ${requestId}`, error });
    }
  }

  return {
    execute,
    async load(requestId) {
      if (!isRequestId(requestId)) return null;
      const folded = await load(store, streamOf(requestId), evolver);
      if (folded.state.exists) cache.set(streamOf(requestId), folded);
      return toKnown(folded.state, folded.revision, folded.position);
    },
  };
}

export function streamOf(requestId: string): string {
  return `approval-${requestId}`;
}

/** A request of another tenant is as good as none: it is not found, and nothing is recorded. */
function isForeign(command: ApprovalCommand, state: ApprovalState): boolean {
  return state.exists && 'caller' in command && command.caller.principal.tenant !== state.request.tenant;
}

function foreign({ requestId }: ApprovalCommand): { events: []; refusal: Refusal } {
  return { events: [], refusal: notFound(requestId) };
}

function notFound(requestId: string): Refusal {
  return refusal('not_found', `there is no request ${requestId}`);
}

function unknownRequest(requestId: string): Answer {
  return { ok: false, refusal: notFound(requestId) };
}

function toAnswer(command: ApprovalCommand, done: Transacted<ApprovalState, ApprovalEvent>): Answer {
  const { state, revision, position, refusal: stop, stale, events } = done;
  const visible = isForeign(command, state) ? null : toKnown(state, revision, position);
  if (stale && visible) {
    const facts = { revision };
    return {
      ok: false,
      known: visible,
      refusal: refusal('stale_revision', `the request is at revision ${revision}`, { facts }),
    };
  }
  if (stop || !visible) {
    const reason = stop ?? notFound(command.requestId);
    return visible ? { ok: false, refusal: reason, known: visible } : { ok: false, refusal: reason };
  }
  return { ok: true, ...visible, changed: events.length > 0 };
}

function toKnown(state: ApprovalState, revision: number, position: string): Known | null {
  return state.exists ? { approval: state, revision, position } : null;
}
