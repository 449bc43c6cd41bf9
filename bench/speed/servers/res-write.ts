import type { FeedItem } from '@countersign/projections';
import express, { type Response } from 'express';
import { serveWith } from './compose.ts';

/** A yardstick: the product, but its live feed goes out as one `res.write` of a text per client. */
await serveWith({
  api(real, feed) {
    const clients = new Set<Response>();
    feed.subscribe({}, (signal) => {
      if (signal.kind !== 'event' || !signal.item.scope) return;
      const text = frameOf(signal.item);
      for (const client of clients) client.write(text);
    });
    const app = express();
    app.get('/api/events/stream', (_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
      res.write('retry: 3000\n\n');
      clients.add(res);
      res.once('close', () => clients.delete(res));
    });
    return app.use(real);
  },
});

/** The same bytes as the product's. */
function frameOf({ recorded, event, scope, position }: FeedItem): string {
  const data = event?.data;
  const { type, revision } = recorded;
  const at = data?.at;
  const actor = data && 'by' in data ? data.by : null;
  const body = {
    type,
    requestId: scope?.requestId,
    action: scope?.action,
    revision,
    position,
    at,
    actor,
    data,
  };
  return `event: ${type}\nid: ${position}\ndata: ${JSON.stringify(body)}\n\n`;
}
