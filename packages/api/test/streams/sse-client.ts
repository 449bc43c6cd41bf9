import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { until } from './world.ts';

export interface Received {
  readonly event: string;
  readonly id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: events of many shapes, looked into by tests only
  readonly data: any;
}

/** A client that reads an event stream over a socket of its own, to the letter of the format. */
export interface SseClient {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Everything but heartbeats. */
  readonly events: Received[];
  readonly heartbeats: Received[];
  readonly retry: number | undefined;
  /** As an EventSource remembers it. */
  readonly lastEventId: string;
  readonly ended: boolean;
  /** The body of an answer that is no stream. */
  readonly body: string;
  count(n: number): Promise<void>;
  end(): Promise<void>;
  /** Breaks the connection. */
  drop(): void;
}

export async function connect(url: string, headers: Record<string, string> = {}): Promise<SseClient> {
  const res = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on('error', reject);
  });
  const client = {
    status: res.statusCode ?? 0,
    headers: res.headers,
    events: [] as Received[],
    heartbeats: [] as Received[],
    retry: undefined as number | undefined,
    lastEventId: headers['last-event-id'] ?? '',
    ended: false,
    body: '',
    count: (n: number) => until(() => client.events.length >= n, `${n} events`),
    end: () => until(() => client.ended, 'the end of the stream'),
    drop: () => void res.destroy(),
  };
  let rest = '';
  res.setEncoding('utf8');
  res.on('data', (text: string) => {
    client.body += text;
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) take(block);
  });
  const ended = () => {
    client.ended = true;
  };
  res.on('end', ended);
  res.on('close', ended);
  res.on('error', ended);

  function take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(': ') + 2)]),
    );
    const id = fields.get('id');
    if (fields.has('retry')) client.retry = Number(fields.get('retry'));
    if (id !== undefined) client.lastEventId = id;
    const event = fields.get('event');
    if (event === undefined) return;
    const received = { event, id, data: JSON.parse(fields.get('data') ?? 'null') };
    (event === 'heartbeat' ? client.heartbeats : client.events).push(received);
  }
  return client;
}
