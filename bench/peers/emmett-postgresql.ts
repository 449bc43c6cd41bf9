import { closedLoop } from '../harness/closed-loop.ts';
import { answerAs } from '../harness/side.ts';
import { emmettClient } from './commands.ts';
import { peer } from './load.ts';

const { getPostgreSQLEventStore } = await peer('@event-driven-io/emmett-postgresql');

/** Emmett on PostgreSQL with its defaults; the connection string is the first argument. */
const eventStore = getPostgreSQLEventStore(process.argv[2]);
await eventStore.schema.migrate();

answerAs({
  run: ({ clients, seconds }: { clients: number; seconds: number }) =>
    closedLoop(clients, seconds, () => emmettClient(eventStore)),
  close: () => eventStore.close(),
});
