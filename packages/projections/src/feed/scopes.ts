import { type ApprovalEventOf, type LedgerEvent, type Slate, slateMembers } from '@countersign/domain';
import { categoryOf, type EventStore, type RecordedEvent } from '@countersign/event-store';
import { readEvent } from './item.ts';
import type { RequestScope } from './types.ts';

/** Who may see which request: from the first event as it passes, else read from the stream once. */
export interface Scopes {
  /** Null for events of no request. @throws StoreError when the stream cannot be read */
  scopeOf(recorded: RecordedEvent, event: LedgerEvent | null): Promise<RequestScope | null>;
}

/** Streams of requests and what belongs to one: the part behind the dash is the request's id. */
const OF_REQUESTS: ReadonlySet<string> = new Set(['approval', 'attempt']);

/** @param keep how many requests are remembered; the longest unused go first */
export function createScopes(store: EventStore, keep: number): Scopes {
  const known = new Map<string, RequestScope | null>();

  function remember(requestId: string, scope: RequestScope | null): RequestScope | null {
    known.delete(requestId);
    known.set(requestId, scope);
    const oldest = known.keys().next().value;
    if (known.size > keep && oldest !== undefined) known.delete(oldest);
    return scope;
  }

  async function read(requestId: string): Promise<RequestScope | null> {
    const [first] = await store.readStream(`approval-${requestId}`);
    const event = first && readEvent(first);
    return event?.type === 'ApprovalRequested' ? scopeFrom(requestId, event.data) : null;
  }

  return {
    async scopeOf(recorded, event) {
      const category = categoryOf(recorded.stream);
      if (!OF_REQUESTS.has(category)) return null;
      const requestId = recorded.stream.slice(category.length + 1);
      if (event?.type === 'ApprovalRequested') return remember(requestId, scopeFrom(requestId, event.data));
      const found = known.get(requestId);
      return remember(requestId, found === undefined ? await read(requestId) : found);
    },
  };
}

function scopeFrom(requestId: string, data: ApprovalEventOf<'ApprovalRequested'>['data']): RequestScope {
  return {
    requestId,
    tenant: data.tenant,
    action: data.action,
    policyKey: data.policyKey,
    requester: data.by.sub,
    owner: data.owner ?? null,
    onBehalfOf: data.onBehalfOf ?? null,
    people: new Set(slateMembers(data.slate)),
    claims: new Set(claimsOf(data.slate)),
  };
}

function claimsOf(slate: Slate): string[] {
  const sources = [
    ...slate.stages.flatMap((stage) => stage.require.map((requirement) => requirement.from)),
    ...slate.personas.map((persona) => persona.from),
  ];
  return sources.flatMap((source) => source.claims);
}
