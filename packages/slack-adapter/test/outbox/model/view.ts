import type { SlackEvent } from '@countersign/domain';
import { categoryOf, type EventStore, type RecordedEvent, START } from '@countersign/event-store';
import type { SlackQueries, UntoldRow } from '@countersign/projections';

type Row = { -readonly [Key in keyof UntoldRow]: UntoldRow[Key] } & { deliveredTo: number; at: string[] };

export interface ModelView extends SlackQueries {
  /** Takes all there is. */
  advance(): Promise<void>;
  /** Begins anew. */
  rebuild(): void;
  onAdvanced(listener: (name: 'slack', position: string) => void): () => void;
}

/** The view as one instance has it. It is behind when the model says so, as no real one could be told to be. */
export function createModelView(store: Pick<EventStore, 'readLog'>): ModelView {
  const listeners = new Set<(name: 'slack', position: string) => void>();
  let rows = new Map<string, Row>();
  let after = START;

  function take({ stream, revision, position, type, data }: RecordedEvent): void {
    const category = categoryOf(stream);
    const requestId = stream.slice(category.length + 1);
    if (category === 'approval' && revision === 0) {
      const { tenant, slack } = JSON.parse(data);
      if (!slack) return;
      const claim = { claimedUntil: null, claimedBy: null };
      const { channel } = slack;
      rows.set(requestId, {
        requestId,
        tenant,
        channel,
        revision,
        since: '',
        deliveredTo: -1,
        at: [position],
        ...claim,
      });
      return;
    }
    const row = rows.get(requestId);
    if (!row) return;
    if (category === 'approval') {
      row.revision = revision;
      row.at.push(position);
    } else if (type === ('SlackDeliveryClaimed' satisfies SlackEvent['type'])) {
      const { until, by } = JSON.parse(data);
      Object.assign(row, { claimedUntil: until, claimedBy: by });
    } else if (type === ('SlackDelivered' satisfies SlackEvent['type'])) {
      Object.assign(row, { deliveredTo: JSON.parse(data).upTo, claimedUntil: null, claimedBy: null });
    }
  }

  function waiting(): UntoldRow[] {
    return [...rows.values()]
      .filter((row) => row.deliveredTo < row.revision)
      .map((row) => ({ ...row, since: row.at[row.deliveredTo + 1] ?? never() }))
      .toSorted((a, b) => (a.since < b.since ? -1 : 1));
  }

  return {
    channels(limit) {
      const counts = new Map<string, number>();
      for (const { channel } of waiting()) counts.set(channel, (counts.get(channel) ?? 0) + 1);
      return [...counts].map(([channel, requests]) => ({ channel, requests })).slice(0, limit);
    },
    untold: (channel, limit) =>
      waiting()
        .filter((row) => row.channel === channel)
        .slice(0, limit),
    depth: () => waiting().length,
    async advance() {
      for (;;) {
        const page = await store.readLog(after, 1000, { categories: ['approval', 'slack'] });
        page.events.forEach(take);
        after = page.position;
        if (page.events.length > 0) for (const listener of listeners) listener('slack', after);
        if (page.end) return;
      }
    },
    rebuild() {
      rows = new Map();
      after = START;
    },
    onAdvanced(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function never(): never {
  throw new Error('this cannot be');
}
