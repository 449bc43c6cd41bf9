import type { IncomingMessage } from 'node:http';
import { newId } from '@countersign/application';
import type { RequestHandler } from 'express';
import { setCorrelationId } from '../auth/identity.ts';
import { Problem } from '../problems/problem.ts';

/** Long enough for any tracing system's ids, and nothing that a log line could be forged with. */
const CORRELATION_ID = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

/**
 * Takes the caller's `X-Correlation-Id` or `X-Request-Id`, or makes one, and answers with it. One that is too long or
 * holds other characters is replaced, not refused: it is for finding things, not for deciding them.
 */
export function correlate(): RequestHandler {
  return (req, res, next) => {
    const given = req.headers['x-correlation-id'] ?? req.headers['x-request-id'];
    const id = typeof given === 'string' && CORRELATION_ID.test(given) ? given : newId();
    setCorrelationId(res, id);
    res.setHeader('X-Request-Id', id);
    next();
  };
}

/** @throws Problem `invalid_header` */
export function idempotencyKeyOf({ headers }: IncomingMessage): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw headerProblem('Idempotency-Key', 'must be 1 to 255 printable ASCII characters');
}

/** The revision a caller insists on: `If-Match: "7"`. @throws Problem `invalid_header` */
export function ifMatchOf({ headers }: IncomingMessage): number | undefined {
  const given = headers['if-match'];
  if (given === undefined || given === '*') return undefined;
  const [, revision] = /^"(0|[1-9]\d{0,14})"$/.exec(given) ?? [];
  if (revision !== undefined) return Number(revision);
  throw headerProblem('If-Match', 'must be one revision in double quotes, as ETag gave it: "7"');
}

function headerProblem(name: string, detail: string): Problem {
  return new Problem('invalid_header', `${name} ${detail}`, { errors: [{ pointer: name, detail }] });
}
