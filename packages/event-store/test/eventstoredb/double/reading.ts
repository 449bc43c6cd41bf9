import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { type Faults, failure } from './faults.ts';
import type { Entry, Log } from './log.ts';
import { eventMessage, nameOf, notFoundMessage } from './messages.ts';
import { type LiveCalls, serveSubscription } from './subscriptions.ts';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/** `Streams/Read`: pages of a stream or of the log, and subscriptions to the log. */
export function read(log: Log, faults: Faults, live: LiveCalls) {
  return async (call: ReadCall): Promise<void> => {
    call.on('error', () => undefined);
    const options = call.request.getOptions();
    if (!options) return fail(call, failure(status.INVALID_ARGUMENT, 'a read needs options'));
    if (faults.failReads) return fail(call, faults.failReads);
    if (options.hasSubscription()) return serveSubscription(call, log, faults, live);
    if (faults.silent.has('read')) return;
    if (faults.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.slowMs));

    const name = nameOf(options.getStream()?.getStreamIdentifier());
    if (options.hasStream() && log.isDeleted(name)) {
      const more = { 'stream-name': name };
      return fail(call, failure(status.FAILED_PRECONDITION, 'the stream is deleted', 'stream-deleted', more));
    }
    if (options.hasStream() && log.stream(name).length === 0) {
      call.write(notFoundMessage(name));
      return void call.end();
    }
    for (const entry of page(log, options)) {
      if (!(await send(call, eventMessage(entry)))) return;
    }
    call.end();
  };
}

function page(log: Log, options: NonNullable<ReturnType<ReadReq['getOptions']>>): Entry[] {
  const backwards = options.getReadDirection() === 1;
  const count = Number(options.getCount());
  const stream = options.getStream();
  const entries = stream ? log.stream(nameOf(stream.getStreamIdentifier())) : log.entries;
  let from = backwards ? entries.length : 0;
  if (stream?.hasRevision()) {
    from = Number(stream.getRevision()) + (backwards ? 1 : 0);
  }
  const position = options.getAll()?.getPosition();
  // A read of the log begins with the entry at its position, backwards with the one before.
  if (position) from = log.indexFrom(BigInt(position.getCommitPosition()));
  return backwards
    ? entries.slice(Math.max(0, from - count), from).reverse()
    : entries.slice(from, from + count);
}

/** Writes with respect for the receiver's pace; false once the call is over. */
export async function send(call: ReadCall, message: ReadResp): Promise<boolean> {
  if (call.cancelled || call.destroyed || call.writableEnded) return false;
  if (call.write(message)) return true;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      call.off('drain', go);
      call.off('cancelled', go);
      call.off('close', go);
      resolve();
    };
    call.on('drain', go);
    call.on('cancelled', go);
    call.on('close', go);
  });
  return !call.cancelled && !call.destroyed;
}

export function fail(call: ReadCall, error: object): void {
  call.emit('error', error);
}
