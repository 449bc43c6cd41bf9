import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import type { ProblemCode } from '../problems/table.ts';
import type { Streams } from '../streams/streams.ts';

/** Who may call a route; what they may do there, the ledger judges. */
export type Access =
  /** Anybody. */
  | 'open'
  /** A person or machine with a JWT or an API key. */
  | 'principal'
  /** The same, or the wait token of the request in question. */
  | 'reader'
  /** Whoever holds the `ADMIN_TOKEN`. */
  | 'admin'
  /** The route asks for its own token. */
  | 'own';

/** What a route answers when all is well. */
export interface Described {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** `application/json` unless said. */
  readonly type?: string;
}

/** One route: where it is, who may call it, what it takes and answers, and the handler. */
export interface Route {
  readonly method: 'get' | 'post' | 'delete';
  /** As express writes it. */
  readonly path: string;
  readonly access: Access;
  /** Counted against the client address's rate limit. */
  readonly rateLimited?: true;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** Request headers beyond those that every route of its access has. */
  readonly headers?: readonly ('Idempotency-Key' | 'If-Match' | 'Last-Event-ID')[];
  readonly answers: Readonly<Record<number, Described>>;
  /** Problems that can be told beyond those of its access, body and query, and the server's own. */
  readonly problems: readonly ProblemCode[];
  readonly handle: (deps: ApiDeps, streams: Streams) => RequestHandler;
}

/** Whether a route changes something under the paths that browsers could be tricked into calling. */
export function needsCsrfHeader({ method, path }: Pick<Route, 'method' | 'path'>): boolean {
  return method !== 'get' && /^\/api\/(pj|approvals)\//.test(path);
}
