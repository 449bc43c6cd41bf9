import { ErrorType } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { StoreError, type StoreErrorKind } from '../port.ts';

/** An answer did not come in time. The client has no such error of its own for most of its calls. */
export class NoAnswer extends Error {
  constructor(what: string, ms: number) {
    super(`${what}: no answer within ${ms} ms`);
    this.name = 'NoAnswer';
  }
}

/**
 * Puts an error of the client into the port's words. The client throws errors with a `type`, raw gRPC errors that
 * have only a `code` (its first call on a broken connection does), and plain errors (cluster discovery).
 * An append whose bytes may have left is `unknown_outcome` unless the server said what became of it.
 */
export function storeError(error: unknown, operation: 'append' | 'read', what: string): StoreError {
  if (error instanceof StoreError) return error;
  if (isConflict(error)) {
    // Over the batch call this error has neither message nor code: its fields say what happened.
    const { expectedVersion, actualVersion } = error;
    const message = `${what}: expected ${expectedVersion}, the stream is at ${actualVersion}`;
    return new StoreError('conflict', message, { cause: error });
  }
  const kind = kindOf(error, operation);
  const message = `${what}: ${reasonOf(error)}${textOf(error) ? ` (${textOf(error)})` : ''}`;
  return new StoreError(kind, message, { cause: error });
}

/** The client's error type, else the name of the gRPC status, else the error's own name. */
export function reasonOf(error: unknown): string {
  if (error instanceof StoreError && error.cause !== undefined) return reasonOf(error.cause);
  const { type, code, name } = error as { type?: unknown; code?: unknown; name?: unknown };
  if (typeof type === 'string' && type !== ErrorType.UNKNOWN) return type;
  if (typeof code === 'number') return (status[code] ?? String(code)).toLowerCase().replaceAll('_', '-');
  return String(type ?? name ?? 'error');
}

export function isStreamNotFound(error: unknown): boolean {
  return (error as { type?: unknown }).type === ErrorType.STREAM_NOT_FOUND;
}

interface Conflict {
  readonly expectedVersion: bigint | string;
  readonly actualVersion: bigint | 'no_stream';
}

function isConflict(error: unknown): error is Conflict {
  return (error as { type?: unknown }).type === ErrorType.WRONG_EXPECTED_VERSION;
}

/** The server judged the request and will judge it the same again. */
const REFUSED_TYPES = new Set<unknown>([
  ErrorType.ACCESS_DENIED,
  ErrorType.STREAM_DELETED,
  ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED,
  ErrorType.INVALID_ARGUMENT,
  ErrorType.INVALID_TRANSACTION,
  ErrorType.MISSING_REQUIRED_METADATA_PROPERTY,
  ErrorType.UNSUPPORTED,
]);
const REFUSED_CODES = new Set<unknown>([
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.PERMISSION_DENIED,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
  status.UNIMPLEMENTED,
  status.UNAUTHENTICATED,
]);

/**
 * What says that no server has begun with the request. From @grpc/grpc-js: no connection, channel closed, name not
 * resolved. From the client: no node found. From the server: not ready, too busy, no leader known.
 */
const NOT_BEGUN =
  /No connection established|Channel closed before call started|Name resolution failed|Failed to discover|Server Is Not Ready|Server Is Too Busy|No leader info/i;

function kindOf(error: unknown, operation: 'append' | 'read'): StoreErrorKind {
  const { type, code } = error as { type?: unknown; code?: unknown };
  const text = textOf(error);
  // Its status is the one of "not found".
  if (type === ErrorType.NOT_LEADER) return 'unavailable';
  if (REFUSED_TYPES.has(type) || REFUSED_CODES.has(code)) return 'refused';
  if (code === status.RESOURCE_EXHAUSTED && /larger than max/i.test(text)) return 'refused';
  if (operation === 'read' || NOT_BEGUN.test(text)) return 'unavailable';
  return 'unknown_outcome';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
