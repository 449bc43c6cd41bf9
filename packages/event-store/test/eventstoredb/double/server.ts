import grpcFeatures from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import grpcStreams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Server, ServerCredentials, type sendUnaryData, status } from '@grpc/grpc-js';
import { batchAppend, plainAppend } from './appending.ts';
import { type Faults, failure, noFaults } from './faults.ts';
import { Log } from './log.ts';
import { printReadResp } from './messages.ts';
import { type ReadCall, read } from './reading.ts';

const { StreamsService } = grpcStreams;
const service = { ...StreamsService, read: { ...StreamsService.read, responseSerialize: printReadResp } };

/**
 * A server that speaks EventStoreDB's protocol from the client's own service definitions, over a log in memory, with
 * switches for what goes wrong.
 */
export interface Double {
  readonly log: Log;
  readonly faults: Faults;
  readonly connectionString: string;
  readonly port: number;
  /** Subscription calls that are open now. */
  subscriptions(): number;
  /** The names of the calls that were made, oldest first. */
  readonly calls: string[];
  /** Ends every open subscription without an error. */
  endSubscriptions(): void;
  /** Ends every open subscription with a status. */
  failSubscriptions(code: status, details: string): void;
  /** Cuts every connection and refuses new ones; the log stays. */
  stop(): Promise<void>;
  /** Serves the log again, on the same port. */
  start(): Promise<void>;
}

export interface DoubleOptions {
  /** What it calls itself; undefined: it does not know the question. */
  readonly version?: string | undefined;
  /** Whether it knows the batch append call. */
  readonly batch?: boolean;
  /** False: the port is refused until `start`. */
  readonly started?: boolean;
}

export async function startDouble(options: DoubleOptions = {}): Promise<Double> {
  const log = new Log();
  const faults = noFaults();
  const live = new Set<ReadCall>();
  const calls: string[] = [];
  const version = 'version' in options ? options.version : '24.10.6.0';
  let server: Server | undefined;
  let port = 0;

  const start = async (): Promise<void> => {
    server = new Server();
    server.addService(service, {
      read: noted('Read', read(log, faults, live)),
      append: noted('Append', plainAppend(log, faults)),
      batchAppend: noted('BatchAppend', batchAppend(log, faults)),
      delete: unimplemented,
      tombstone: unimplemented,
    });
    if (version !== undefined) {
      server.addService(grpcFeatures.ServerFeaturesService, {
        getSupportedMethods(_: unknown, answer: sendUnaryData<SupportedMethods>) {
          calls.push('GetSupportedMethods');
          if (!faults.silent.has('features')) answer(null, supported(version, options.batch ?? true));
        },
      });
    }
    port = await bind(server, port);
  };
  const noted =
    <A extends unknown[]>(name: string, handler: (...args: A) => unknown) =>
    (...args: A): void => {
      calls.push(name);
      void handler(...args);
    };
  const stop = async (): Promise<void> => {
    live.clear();
    server?.forceShutdown();
    server = undefined;
  };

  await start();
  if (options.started === false) await stop();
  return {
    log,
    faults,
    calls,
    port,
    connectionString: `esdb://127.0.0.1:${port}?tls=false`,
    subscriptions: () => live.size,
    endSubscriptions() {
      for (const call of [...live]) call.end();
      live.clear();
    },
    failSubscriptions(code, details) {
      for (const call of [...live]) call.emit('error', failure(code, details));
      live.clear();
    },
    start,
    stop,
  };
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
}

function unimplemented(_: unknown, answer: sendUnaryData<never>): void {
  answer(failure(status.UNIMPLEMENTED, 'not part of the double'));
}

function supported(version: string, batch: boolean): SupportedMethods {
  const methods = new features.SupportedMethods().setEventStoreServerVersion(version);
  for (const name of ['read', 'append', ...(batch ? ['batchappend'] : [])]) {
    const method = new features.SupportedMethod();
    method.setServiceName('event_store.client.streams.streams').setMethodName(name);
    methods.addMethods(method);
  }
  return methods;
}
