import type { Json, Refusal } from '@countersign/domain';
import { PROBLEMS, type ProblemCode } from './table.ts';

export interface Fault {
  /** JSON Pointer into the body or the query; or the name of a header; or a place in a file. */
  readonly pointer: string;
  readonly detail: string;
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  readonly column?: number;
}

export interface ProblemMore {
  readonly requestId?: string | undefined;
  readonly errors?: readonly Fault[] | undefined;
  /** Facts for programs; they become members of their own beside the standard ones. */
  readonly facts?: { readonly [key: string]: Json } | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Ends a request with a problem document. Thrown by routes; the table gives status and title. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly more: ProblemMore;

  constructor(code: ProblemCode, detail: string, more: ProblemMore = {}) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.more = more;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }
}

/** RFC 9457. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly requestId?: string;
  readonly errors?: readonly Fault[];
  readonly [fact: string]: unknown;
}

export function problemDocument({ code, message: detail, more }: Problem): ProblemDocument {
  const { status, title } = PROBLEMS[code];
  const { requestId, errors, facts } = more;
  return {
    ...facts,
    type: `urn:countersign:problem:${code}`,
    title,
    status,
    detail,
    code,
    ...(requestId !== undefined && { requestId }),
    ...(errors !== undefined && errors.length > 0 && { errors }),
  };
}

/** A rule's refusal as the answer to an HTTP request. */
export function problemOf(
  { code, detail, facts, errors }: Refusal,
  requestId?: string,
  nowMs?: number,
): Problem {
  const retryAt = facts?.retryAt;
  const headers =
    typeof retryAt === 'string' && nowMs !== undefined
      ? { 'Retry-After': secondsUntil(retryAt, nowMs) }
      : undefined;
  return new Problem(code, detail, { requestId, errors, facts, headers });
}

function secondsUntil(retryAt: string, nowMs: number): string {
  return String(Math.max(1, Math.ceil((Date.parse(retryAt) - nowMs) / 1000)));
}
