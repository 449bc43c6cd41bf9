import type { ServerResponse } from 'node:http';
import { type Problem, problemDocument } from '../problems/problem.ts';

type Headers = Readonly<Record<string, string>>;

/** Answers with JSON: one write, its length known. Nothing of the ledger may be kept by a cache. */
export function sendJson(res: ServerResponse, status: number, value: unknown, headers?: Headers): void {
  send(res, status, 'application/json; charset=utf-8', JSON.stringify(value), headers);
}

/** Answers with an RFC 9457 problem document. */
export function sendProblem(res: ServerResponse, problem: Problem): void {
  const document = problemDocument(problem);
  const body = JSON.stringify(document);
  send(res, document.status, 'application/problem+json; charset=utf-8', body, problem.more.headers);
}

function send(res: ServerResponse, status: number, type: string, body: string, headers?: Headers): void {
  res.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...headers,
  });
  res.end(body);
}

/** A stream's revision as an entity tag. */
export function etag(revision: number): { ETag: string } {
  return { ETag: `"${revision}"` };
}
