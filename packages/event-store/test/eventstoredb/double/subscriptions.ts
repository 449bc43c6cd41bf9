import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Faults } from './faults.ts';
import type { Entry, Log } from './log.ts';
import { caughtUpMessage, checkpointMessage, confirmationMessage, eventMessage } from './messages.ts';
import { type ReadCall, send } from './reading.ts';

/** The subscription calls that are open. */
export type LiveCalls = Set<ReadCall>;

const DEFAULT_WINDOW = 32;

/**
 * A subscription to the log: confirmation, then what matches behind the position, a checkpoint after every so many
 * entries considered, "caught up" at the head, then live.
 */
export async function serveSubscription(
  call: ReadCall,
  log: Log,
  faults: Faults,
  live: LiveCalls,
): Promise<void> {
  const options = call.request.getOptions();
  const after = options?.getAll()?.getPosition()?.getCommitPosition();
  const filter = options?.getFilter();
  const matches = matcher(filter);
  const window = filter?.hasMax() ? filter.getMax() : DEFAULT_WINDOW;
  const every = window * (filter?.getCheckpointintervalmultiplier() ?? 1);

  live.add(call);
  let wake = (): void => undefined;
  const stopListening = log.onAppend(() => wake());
  const over = (): void => wake();
  call.on('cancelled', over);
  call.on('close', over);
  try {
    if (!(await send(call, confirmationMessage()))) return;
    const newest = log.entries.at(-1);
    if (faults.earlyCheckpoint && newest) await send(call, checkpointMessage(newest.position));
    let next = after === undefined ? 0 : log.indexFrom(BigInt(after) + 1n);
    let considered = 0;
    let caughtUp = false;
    while (live.has(call) && !call.cancelled && !call.destroyed) {
      const entry = faults.silent.has('subscribe') ? undefined : log.entries[next];
      const messages: ReadResp[] = [];
      if (entry) {
        next++;
        considered++;
        if (matches(entry)) messages.push(eventMessage(entry));
        const due = filter && considered % every === 0 && !faults.noCheckpoints;
        if (due) messages.push(checkpointMessage(entry.position));
        if (caughtUp && faults.repeatCaughtUp) messages.push(caughtUpMessage());
      } else if (!caughtUp && !faults.silent.has('subscribe')) {
        caughtUp = true;
        const last = log.entries[next - 1];
        if (filter && last && !faults.noCheckpoints) messages.push(checkpointMessage(last.position));
        if (!faults.noCaughtUp) messages.push(caughtUpMessage());
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      for (const message of messages) if (!(await send(call, message))) return;
    }
  } finally {
    stopListening();
    live.delete(call);
  }
}

type FilterOptions =
  NonNullable<NonNullable<ReturnType<ReadReq['getOptions']>>['getFilter']> extends () => infer F ? F : never;

function matcher(filter: FilterOptions | undefined): (entry: Entry) => boolean {
  if (!filter) return () => true;
  const byName = filter.getStreamIdentifier();
  const expression = byName ?? filter.getEventType();
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = expression?.getRegex() ? new RegExp(expression.getRegex()) : undefined;
  return ({ stream, type }) => {
    const text = byName ? stream : type;
    return regex ? regex.test(text) : prefixes.some((prefix) => text.startsWith(prefix));
  };
}
