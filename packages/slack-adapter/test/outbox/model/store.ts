import { type EventStore, type RecordedEvent, START, StoreError } from '@countersign/event-store';

export interface ModelStore extends EventStore {
  /** The whole log, oldest first. */
  readonly log: readonly RecordedEvent[];
}

/** A store in memory that answers within the turn, so that nothing but the model decides what comes before what. */
export function createModelStore(): ModelStore {
  const log: RecordedEvent[] = [];
  const streams = new Map<string, RecordedEvent[]>();
  const positionAt = (index: number) => String(index).padStart(9, '0');
  return {
    log,
    async append(stream, expected, events) {
      const known = streams.get(stream) ?? [];
      const from = expected === 'no_stream' ? 0 : expected + 1;
      const last = known[from + events.length - 1];
      if (last && events.every(({ id }, n) => known[from + n]?.id === id)) return last;
      if (known.length !== from) throw new StoreError('conflict', `${stream} is at ${known.length - 1}`);
      for (const event of events) {
        const recorded = {
          ...event,
          stream,
          revision: known.length,
          position: positionAt(log.length),
          storedAt: 0,
        };
        known.push(recorded);
        log.push(recorded);
      }
      streams.set(stream, known);
      return known.at(-1) as RecordedEvent;
    },
    readStream: async (stream, from = 0) => (streams.get(stream) ?? []).slice(from),
    readLog: async (after, limit, filter = {}) => {
      const index = after === START ? 0 : Number(after) + 1;
      const page = log.slice(index, index + limit);
      const events = page.filter(
        ({ stream }) => filter.categories?.includes(stream.split('-')[0] ?? '') ?? true,
      );
      return { events, position: page.at(-1)?.position ?? after, end: index + limit >= log.length };
    },
    head: async () => log.at(-1)?.position ?? START,
    subscribe: () => {
      throw new Error('nobody subscribes here');
    },
    health: async () => ({ status: 'ok' }),
    close: async () => {},
  };
}
