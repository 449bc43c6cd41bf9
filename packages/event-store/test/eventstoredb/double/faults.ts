import { Metadata, type ServiceError, type status } from '@grpc/grpc-js';

/** What the double does wrong, at any time switched by the test. */
export interface Faults {
  /** Calls of this kind are accepted and never answered; nothing is written. */
  silent: Set<'append' | 'read' | 'subscribe' | 'features'>;
  /** So many appends are written and then not answered (`silent`), or their call is cut. */
  loseAnswers: { count: number; how: 'silent' | 'cut' };
  /** So many appends are not written but fail with this. */
  failAppends: { count: number; error: Partial<ServiceError> };
  /** Reads and subscriptions fail with this. */
  failReads: Partial<ServiceError> | undefined;
  /** Subscriptions are never told that they caught up. */
  noCaughtUp: boolean;
  /** "Caught up" is sent after every live event, too. */
  repeatCaughtUp: boolean;
  /** No checkpoints. */
  noCheckpoints: boolean;
  /** Begins every filtered subscription with a checkpoint at the end of the log, ahead of what it skips. */
  earlyCheckpoint: boolean;
  /** A repeated append is answered without its position. */
  noRepeatedPosition: boolean;
  /** The answer to an append names a correlation that nobody asked about first. */
  strayAnswers: boolean;
  /** Milliseconds before an answer begins. */
  slowMs: number;
}

export function noFaults(): Faults {
  return {
    silent: new Set(),
    loseAnswers: { count: 0, how: 'silent' },
    failAppends: { count: 0, error: {} },
    failReads: undefined,
    noCaughtUp: false,
    repeatCaughtUp: false,
    noCheckpoints: false,
    earlyCheckpoint: false,
    noRepeatedPosition: false,
    strayAnswers: false,
    slowMs: 0,
  };
}

/** An error as the server sends it: a status, and the kind in the metadata. */
export function failure(
  code: status,
  details: string,
  exception?: string,
  more: Record<string, string> = {},
): Partial<ServiceError> {
  const metadata = new Metadata();
  if (exception) metadata.set('exception', exception);
  for (const [key, value] of Object.entries(more)) metadata.set(key, value);
  return { code, details, metadata };
}
