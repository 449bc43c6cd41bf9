import { type Known, streamOf } from '@countersign/application';
import { type ApprovalEvent, decodeEvent, fold, type Status, statusOf } from '@countersign/domain';
import type { EventStore, Position } from '@countersign/event-store';

/**
 * Status and position as the request's creation was answered, whatever has become of it since: the same question
 * is answered in the same way, for ever.
 */
export async function firstAnswer(
  store: EventStore,
  known: Known,
  isNew: boolean,
): Promise<{ status: Status; position: Position }> {
  if (isNew) return { status: statusOf(known.approval), position: known.position };
  const stream = await store.readStream(streamOf(known.approval.request.requestId));
  const events = stream.map((recorded) => decodeEvent(recorded) as ApprovalEvent);
  // What the creation appended: the request, and at once its approval where the policy asks nobody.
  const first = events.findIndex((event, index) => index > 0 && !isAutomatic(event));
  const made = first === -1 ? events.length : first;
  const state = fold(events.slice(0, made));
  if (!state.exists) throw new Error(`${known.approval.request.requestId} has no first event`);
  return { status: statusOf(state), position: stream[made - 1]?.position ?? known.position };
}

function isAutomatic(event: ApprovalEvent): boolean {
  return event.type === 'RequestApproved' && event.data.how === 'automatic';
}
