import type { FeedItem } from '@countersign/projections';
import { withoutCiphertexts } from '../present/params.ts';
import { sseFrame } from './sse.ts';

/** An event of the ledger as the live feed shows it. What was sealed is shown by its HMAC alone. */
export function eventFrame({ recorded, event, scope, position }: FeedItem): Buffer {
  const { type, revision } = recorded;
  const data = event?.data ?? null;
  return sseFrame({
    event: type,
    id: position,
    data: {
      type,
      requestId: scope?.requestId,
      action: scope?.action,
      revision,
      position,
      at: data?.at ?? new Date(recorded.storedAt).toISOString(),
      actor: data && 'by' in data ? data.by : null,
      data: data && withoutCiphertexts(data),
    },
  });
}
