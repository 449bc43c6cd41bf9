import { z } from 'zod';
import { openApiDocument } from '../openapi/document.ts';
import { sendJson } from '../server/send.ts';
import type { Route } from './route.ts';

/** The description of all routes, this one included. */
export function openApi(others: readonly Route[]): Route {
  const route: Route = {
    method: 'get',
    path: '/openapi.json',
    access: 'open',
    summary: 'This description',
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) } },
    problems: [],
    handle: () => {
      const document = openApiDocument([...others, route]);
      return (_req, res) => sendJson(res, 200, document);
    },
  };
  return route;
}
