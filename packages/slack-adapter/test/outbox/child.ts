import { openSqliteStore } from '@countersign/event-store';
import { startInstance } from './instance.ts';

/**
 * An instance of the program in a process of its own. Slack has taken an item, and before that is recorded it says
 * `sent <key>`; at the named item it then waits, to be killed.
 */
const [file = '', keysFile = '', dir = '', apiUrl = '', botToken = '', last = ''] = process.argv.slice(2);

await startInstance(
  {
    limits: { leaseMs: 1000, callTimeoutMs: 200 },
    wrapDeliveries: (real) => ({
      ...real,
      async record(requestId, by, event) {
        if (event.type === 'SlackItemSent') {
          process.stdout.write(`sent ${event.data.key}\n`);
          if (event.data.key.startsWith(last)) await new Promise(() => {});
        }
        return real.record(requestId, by, event);
      },
    }),
  },
  {
    slack: { apiUrl, botToken },
    clock: Date.now,
    dir,
    store: await openSqliteStore(file),
    storeUrl: `sqlite:${file}`,
    keysFile,
    closing: new AbortController().signal,
  },
);
