import { NO_STREAM } from '@eventstore/db-client';
import type { AppendResult, ExpectedRevision, NewEvent } from '../port.ts';
import type { Connection } from './connection.ts';
import { NoAnswer } from './errors.ts';
import { toEventData } from './events.ts';
import { positionOf, revisionOf } from './positions.ts';
import { readStream } from './reads.ts';
import { within } from './timing.ts';

/**
 * Sends one batch and waits for its answer, no longer than the timeout. Idempotency is the server's: a batch whose
 * ids already stand behind the expected revision is answered as it was the first time. Where the expected revision
 * is the current one ids are not compared, and need not be: it is the first write then.
 */
export async function append(
  connection: Connection,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
  timeouts: { readonly appendTimeoutMs: number; readonly readTimeoutMs: number },
): Promise<AppendResult> {
  const { appendCredentials: credentials } = connection;
  const ms = timeouts.appendTimeoutMs;
  const client = connection.client();
  const sent = client.appendToStream(stream, events.map(toEventData), {
    expectedRevision: expected === 'no_stream' ? NO_STREAM : BigInt(expected),
    requiresLeader: true,
    deadline: ms,
    ...(credentials && { credentials }),
  });
  const answer = await within(ms, sent, () => {
    // Over the batch call nothing else ends an append that is never answered, or the question that comes before it.
    if (!credentials) connection.renew(client);
    return new NoAnswer(`append to ${stream}`, ms);
  });

  const revision = revisionOf(answer.nextExpectedRevision);
  if (answer.position) return { revision, position: positionOf(answer.position) };
  // Servers leave the position out of some answers to a repeated batch.
  const [last] = await readStream(connection, stream, revision, timeouts.readTimeoutMs, 1);
  if (!last)
    throw new Error(`append to ${stream}: answered as written, but revision ${revision} is not there`);
  return { revision, position: last.position };
}
