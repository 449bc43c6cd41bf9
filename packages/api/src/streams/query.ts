import { readWaitToken, type Secrets } from '@countersign/application';
import { catalogue } from '@countersign/domain';
import type { Request } from 'express';
import { z } from 'zod';
import { type Fault, Problem } from '../problems/problem.ts';
import { faultsOf } from '../server/faults.ts';
import { UNTIL } from './until.ts';

/** Types of events that the live feed shows. */
const FEED_TYPES = [...Object.keys(catalogue.approval), ...Object.keys(catalogue.attempt)];
const MAX_TIMEOUT_SEC = 60;
const DEFAULT_TIMEOUT_SEC = 30;

const token = z.string().min(1).max(500).optional();
const until = z.enum(UNTIL).default('decided');
const position = z.string().max(200).optional();
const name = z.string().min(1).max(200).optional();

const seconds = z
  .string()
  .regex(/^\d{1,2}(\.\d{1,3})?$/, `must be a number of seconds from 0 to ${MAX_TIMEOUT_SEC}`)
  .transform(Number)
  .refine((value) => value <= MAX_TIMEOUT_SEC, `must be at most ${MAX_TIMEOUT_SEC}`);

/** One or several types, with commas between. */
const eventTypes = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(FEED_TYPES)).min(1).max(FEED_TYPES.length));

export const WaitQuery = z.strictObject({
  token,
  until,
  timeoutSec: seconds.default(DEFAULT_TIMEOUT_SEC),
});

export const WaitSseQuery = z.strictObject({ token, until, after: position });

export const EventsStreamQuery = z.strictObject({
  after: position,
  type: eventTypes.optional(),
  requestId: name,
  action: name,
});

/** @throws Problem `invalid_query` naming every parameter that does not fit */
export function parseQuery<S extends z.ZodObject>(schema: S, req: Request): z.output<S> {
  const parsed = schema.safeParse(req.query);
  if (parsed.success) return parsed.data;
  const errors: Fault[] = faultsOf(parsed.error, Object.keys(schema.shape));
  throw new Problem('invalid_query', 'a query parameter is not as it must be', { errors });
}

/**
 * The request that a wait token is good for, from `?token=` or `Authorization: Bearer`.
 * @throws Problem 401 without a token, 404 for one that is not ours
 */
export function waitedRequest(secrets: Secrets, req: Request, given: string | undefined): string {
  const bearer = /^Bearer +(\S+) *$/i.exec(req.get('authorization') ?? '')?.[1];
  const text = given ?? bearer;
  if (text === undefined) {
    throw new Problem('unauthenticated', 'give the wait token as ?token= or as bearer token', {
      headers: { 'WWW-Authenticate': 'Bearer' },
    });
  }
  const requestId = readWaitToken(secrets, text);
  if (requestId === null) throw unknownToken();
  return requestId;
}

export function unknownToken(): Problem {
  return new Problem('wait_token_unknown', 'no request has this wait token');
}

/** Where a client goes on: `Last-Event-ID` of a reconnect wins over `?after=` of the first address. */
export function resumePosition(req: Request, after: string | undefined): string | undefined {
  const last = req.get('last-event-id');
  return last === undefined || last === '' ? after : last.slice(0, 200);
}
