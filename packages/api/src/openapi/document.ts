import { z } from 'zod';
import { PROBLEM_CODES } from '../problems/table.ts';
import type { Access, Route } from '../routes/route.ts';
import { operationOf } from './operation.ts';
import { createSchemas } from './schemas.ts';

/** Who may call what, as OpenAPI words it. */
const SECURITY: Record<Access, readonly Record<string, readonly never[]>[]> = {
  open: [],
  principal: [{ bearer: [] }],
  reader: [{ bearer: [] }, { waitToken: [] }],
  admin: [{ adminToken: [] }],
  own: [{}, { bearer: [] }],
};

/** RFC 9457, with the stable code that programs should look at. */
export const ProblemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(PROBLEM_CODES),
    requestId: z.string().optional(),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string(),
          detail: z.string(),
          file: z.string().optional(),
          line: z.int().optional(),
          column: z.int().optional(),
        }),
      )
      .optional(),
  })
  .meta({ description: 'a problem document (RFC 9457); facts of the problem are members of their own' });

/** The OpenAPI 3.1 description of the routes, made of the very schemas that they check and answer with. */
export function openApiDocument(routes: readonly Route[]): Record<string, unknown> {
  const schemas = createSchemas();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = {
      ...paths[path],
      [route.method]: { ...operationOf(route, schemas), security: SECURITY[route.access] },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Countersign',
      version: '1',
      description: 'Automation asks, people decide, every step is an immutable event.',
    },
    paths,
    components: {
      schemas: { Problem: schemas.of(ProblemSchema, 'output'), ...schemas.components },
      securitySchemes: schemes,
    },
  };
}

const schemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'a JWT or an API key' },
  waitToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'the wait token of the request: reads, and no more',
  },
  adminToken: { type: 'apiKey', in: 'header', name: 'x-admin-token' },
};
