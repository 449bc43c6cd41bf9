import { type Credentials, EventStoreDBClient } from '@eventstore/db-client';
import { parseConnectionString } from '@eventstore/db-client/dist/Client/parseConnectionString.js';
import type { ServerFeaturesClient as Features } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { type Channel, Metadata, status } from '@grpc/grpc-js';
import { StoreError } from '../port.ts';
import { within } from './timing.ts';

/** The client library, and what has to be known of it. */
export interface Connection {
  client(): EventStoreDBClient;
  /** Given with each append; they select the plain append call. Undefined: the batch call has to do. */
  readonly appendCredentials: Credentials | undefined;
  /** Puts a fresh client in the place of this one, whose shared batch call no longer answers. */
  renew(silent: EventStoreDBClient): void;
  /** The server's version, or undefined where it does not say. Rejects when it cannot be asked in time. */
  serverVersion(timeoutMs: number): Promise<string | undefined>;
  close(): Promise<void>;
}

const CLOSE_MS = 2000;

/**
 * Takes the connection string apart and makes the client; nothing is contacted yet.
 *
 * The server has two append calls. The client prefers the batch one, a call shared by all appends, and there it
 * keeps the pending appends of *all* clients of the process in one table: a broken call rejects every one of them, an
 * answer it does not know throws out of its data handler and ends the process, a lost answer leaves its promise
 * pending for ever, and before it the client asks for the server's features without any deadline. Credentials given
 * with a call make it use the plain append call, which has none of these and carries a deadline. So they are given
 * wherever there are some, and without TLS, where the client sends none, any will do. Only TLS without a user in
 * the connection string is left to the batch call; one store per process is then the rule.
 *
 * @throws StoreError `refused` for a connection string that cannot work
 */
export function connect(connectionString: string, path?: 'plain' | 'batch'): Connection {
  const { text, credentials } = understand(connectionString);
  let client = newClient(text);
  const retired: Promise<void>[] = [];
  if (path === 'plain' && !credentials) {
    throw new StoreError('refused', 'the plain append call needs a user in the connection string');
  }

  return {
    client: () => client,
    appendCredentials: path === 'batch' ? undefined : credentials,
    renew(silent) {
      if (silent !== client) return;
      retired.push(dispose(client));
      client = newClient(text);
    },
    serverVersion: (timeoutMs) => serverVersion(client, timeoutMs),
    async close() {
      await Promise.all([...retired, dispose(client)]);
    },
  };
}

function understand(connectionString: string): { text: string; credentials: Credentials | undefined } {
  let parsed: ReturnType<typeof parseConnectionString>;
  try {
    parsed = parseConnectionString(connectionString);
  } catch {
    // The client's own message is kept out: it quotes the string, password included.
    throw new StoreError('refused', 'not a connection string of the form esdb://[user:password@]host:port?…');
  }
  if (parsed.throwOnAppendFailure === false) {
    // Without it the client reports a made-up revision for a conflict.
    throw new StoreError('refused', 'throwOnAppendFailure=false cannot be used: conflicts would go unseen');
  }
  const unsecured: Credentials = { username: 'unused', password: 'unused' };
  return {
    text: connectionString,
    credentials: parsed.defaultCredentials ?? (parsed.tls === false ? unsecured : undefined),
  };
}

/** @throws StoreError `refused` where a certificate that the connection string names cannot be read */
function newClient(connectionString: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(connectionString);
  } catch (error) {
    throw new StoreError('refused', `connection string: ${(error as Error).message}`, { cause: error });
  }
}

/** What the client has but keeps to its own classes: `dispose` ends its calls and leaves its channel open. */
interface Internals {
  getChannel(): Promise<Channel>;
  execute<T>(stub: unknown, name: string, action: (stub: Features) => Promise<T>): Promise<T>;
}

async function dispose(client: EventStoreDBClient): Promise<void> {
  const { getChannel } = client as unknown as Internals;
  const closing = client.dispose().then(async () => (await getChannel()).close());
  // A client that never reached its cluster has no channel to close, and would go on looking for one.
  await within(CLOSE_MS, closing, () => new Error('the client did not close in time')).catch((error: Error) =>
    process.emitWarning(`${error.message}; its connection is left to end by itself`),
  );
}

/** As the client asks it, but with a deadline. */
function serverVersion(client: EventStoreDBClient, timeoutMs: number): Promise<string | undefined> {
  const { execute } = client as unknown as Internals;
  const asked = execute(
    features.ServerFeaturesClient,
    'getSupportedMethods',
    (stub) =>
      new Promise<string | undefined>((resolve, reject) => {
        const deadline = Date.now() + timeoutMs;
        stub.getSupportedMethods(new shared.Empty(), new Metadata(), { deadline }, (error, answer) => {
          if (error && error.code !== status.UNIMPLEMENTED) return reject(error);
          resolve(answer?.getEventStoreServerVersion() || undefined);
        });
      }),
  );
  return within(
    timeoutMs,
    asked,
    () => new Error(`the server's version was not told within ${timeoutMs} ms`),
  );
}
