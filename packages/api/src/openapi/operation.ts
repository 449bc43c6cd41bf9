import type { z } from 'zod';
import { PROBLEMS, type ProblemCode } from '../problems/table.ts';
import { needsCsrfHeader, type Route } from '../routes/route.ts';

import type { JsonSchema, Schemas } from './schemas.ts';

const HEADERS: Record<string, JsonSchema> = {
  'Idempotency-Key': { type: 'string', minLength: 1, maxLength: 255 },
  'If-Match': { type: 'string', pattern: '^"\\d+"$' },
  'Last-Event-ID': { type: 'string' },
};

/** One operation: what it takes, what it answers, and every problem it can tell. */
export function operationOf(route: Route, schemas: Schemas): JsonSchema {
  const { summary, body } = route;
  return {
    operationId: operationId(route),
    summary,
    parameters: [...pathParameters(route), ...queryParameters(route, schemas), ...headerParameters(route)],
    ...(body && {
      requestBody: {
        required: !body.safeParse({}).success,
        content: { 'application/json': { schema: schemas.of(body, 'input') } },
      },
    }),
    responses: { ...answersOf(route, schemas), ...problemsOf(route) },
  };
}

/** `post /api/approvals/:id/decide` → `postApprovalsIdDecide`. */
function operationId({ method, path }: Route): string {
  const words = path
    .replace(/^\/api/, '')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function pathParameters({ path }: Route): JsonSchema[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Route, schemas: Schemas): JsonSchema[] {
  if (!query) return [];
  return Object.entries(query.shape).map(([name, field]) => ({
    name,
    in: 'query',
    required: !(field as z.ZodType).safeParse(undefined).success,
    schema: schemas.of(field as z.ZodType, 'input'),
  }));
}

function headerParameters(route: Route): JsonSchema[] {
  const own = (route.headers ?? []).map((name) => ({ name, in: 'header', schema: HEADERS[name] }));
  if (!needsCsrfHeader(route)) return own;
  const csrf = { name: 'X-PuddleJumper-Request', in: 'header', required: true, schema: { const: 'true' } };
  return [...own, csrf];
}

function answersOf({ answers }: Route, schemas: Schemas): JsonSchema {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, type = 'application/json' }]) => [
      status,
      {
        description,
        content: { [type]: { schema: schema ? schemas.of(schema, 'output') : { type: 'string' } } },
      },
    ]),
  );
}

function problemsOf(route: Route): JsonSchema {
  const codes = [...new Set([...route.problems, ...impliedBy(route)])].toSorted();
  const byStatus = Map.groupBy(codes, (code) => String(PROBLEMS[code].status));
  return Object.fromEntries(
    [...byStatus]
      // A health check answers 503 with its findings; every other failure is a problem document.
      .filter(([status]) => !Object.hasOwn(route.answers, status))
      .map(([status, some]) => [
        status,
        {
          description: some.join(', '),
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      ]),
  );
}

/** Problems that follow from a route's access, its body and the ledger behind it. */
function impliedBy(route: Route): ProblemCode[] {
  const { access, body, query, rateLimited } = route;
  const everywhere: ProblemCode[] = ['internal', 'malformed_url', 'method_not_allowed'];
  const token: ProblemCode[] = ['unauthenticated', 'token_invalid', 'token_expired', 'token_claims_invalid'];
  const byAccess: Record<Route['access'], ProblemCode[]> = {
    open: [],
    own: ['unauthenticated'],
    principal: [
      ...token,
      'forbidden',
      'identity_provider_unavailable',
      'store_unavailable',
      'outcome_unknown',
    ],
    reader: [...token, 'identity_provider_unavailable', 'store_unavailable'],
    admin: ['admin_closed', 'unauthenticated', 'forbidden', 'store_unavailable', 'outcome_unknown'],
  };
  const bodyCodes: ProblemCode[] = [
    'malformed_json',
    'invalid_body',
    'body_timeout',
    'body_too_large',
    'unsupported_media_type',
  ];
  return [
    ...everywhere,
    ...byAccess[access],
    ...(body ? bodyCodes : []),
    ...(query ? (['invalid_query'] as const) : []),
    ...(rateLimited ? (['rate_limited'] as const) : []),
    ...(needsCsrfHeader(route) ? (['csrf_header_missing'] as const) : []),
  ];
}
