import { access } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { storeContract } from '../../src/contract/index.ts';
import { openEventStoreDb } from '../../src/eventstoredb/index.ts';
import { START } from '../../src/port.ts';
import { events, ids } from './support.ts';

const IMAGE = 'eventstore/eventstore:24.10';

/** Where Docker listens, if it does. */
async function dockerThere(): Promise<boolean> {
  if (process.env.DOCKER_HOST) return true;
  return access('/var/run/docker.sock').then(
    () => true,
    () => false,
  );
}

function skipped(name: string, reason: string): void {
  // Not console.warn: the reporter leaves out the console of a suite in which nothing runs.
  process.stderr.write(`skipped: ${name}: ${reason}\n`);
  describe.skip(name, () => test(reason, () => undefined));
}

const url = process.env.EVENTSTOREDB_TEST_URL;
if (url) {
  storeContract(
    'EventStoreDB (a real server)',
    async () => ({ open: async () => openEventStoreDb(url), cleanup: async () => undefined }),
    { emptyLog: false },
  );
} else skipped('EventStoreDB, a real server', 'EVENTSTOREDB_TEST_URL names none');

if (await dockerThere()) {
  describe('EventStoreDB in a container', () => {
    test('keeps what was acknowledged over a restart, and its subscribers go on', async () => {
      const { GenericContainer, Wait } = await import('testcontainers');
      const container = await new GenericContainer(IMAGE)
        .withEnvironment({ EVENTSTORE_INSECURE: 'true', EVENTSTORE_CLUSTER_SIZE: '1' })
        .withExposedPorts(2113)
        .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
        .start();
      try {
        const address = (): string =>
          `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`;
        const batch = events(50);
        const store = openEventStoreDb(address());
        const first = await store.append('approval-1', 'no_stream', batch);
        expect(await store.append('approval-1', 'no_stream', batch)).toEqual(first);
        await store.close();
        await container.restart();
        const again = openEventStoreDb(address());
        const abort = new AbortController();
        const seen: string[] = [];
        const filter = { categories: ['approval'] };
        for await (const step of again.subscribe({ after: START, filter, signal: abort.signal })) {
          seen.push(...ids(step.events));
          if (step.caughtUp) abort.abort();
        }
        expect(seen).toEqual(ids(batch));
        await again.close();
      } finally {
        await container.stop();
      }
    }, 300_000);
  });
} else
  skipped('EventStoreDB in a container', 'Docker is not there (no DOCKER_HOST, no /var/run/docker.sock)');
