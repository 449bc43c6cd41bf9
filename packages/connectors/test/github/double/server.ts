import { FaultPlan } from '../../support/faults.ts';
import { answer, type Received, startServer } from '../../support/server.ts';
import { actionRoutes } from './action-routes.ts';
import { appRoutes } from './app-routes.ts';
import { gitRoutes } from './git-routes.ts';
import { issueRoutes } from './issue-routes.ts';
import { type Asked, judgeAnswer, judgeRequest } from './openapi.ts';
import type { Routes } from './routes.ts';
import { newWorld, notFound, OURS, type Reply, type World } from './world.ts';

const routes: Routes = { ...appRoutes, ...issueRoutes, ...gitRoutes, ...actionRoutes };

/** A GitHub with one repository, judged by GitHub's own description: what it is asked, and what it answers. */
export async function gitHubDouble() {
  const world = newWorld();
  const seen: (Asked & { authorization: string | undefined })[] = [];
  /** What the description has against requests and answers; a test ends with none. */
  const objections: string[] = [];
  const faults = new FaultPlan({
    status: 403,
    body: { message: 'You have exceeded a secondary rate limit' },
    retryAfter: '3',
  });

  const server = await startServer((request, response) => {
    const fault = faults.next();
    let reply: Reply;
    try {
      const asked = judgeRequest(request.method, request.path, request.body.toString());
      judgeHeaders(request);
      seen.push({ ...asked, authorization: request.headers.authorization });
      if (fault?.endsWith('-before')) return faults.goWrong(fault, response);
      reply = replyTo(world, asked, request);
    } catch (error) {
      objections.push(String(error));
      throw error;
    }
    if (fault) faults.goWrong(fault, response);
    else if (reply.body === undefined) response.writeHead(reply.status).end();
    else answer(response, reply.status, reply.body);
  });

  return {
    url: server.url,
    world,
    seen,
    objections,
    faults,
    close: server.close,
    effects: () => world.issues.length + world.pulls.length + world.runs.length + world.reviews.length,
  };
}

export type GitHubDouble = Awaited<ReturnType<typeof gitHubDouble>>;

function replyTo(world: World, asked: Asked, { headers }: Received): Reply {
  const { route, params } = asked;
  const token = headers.authorization?.replace('Bearer ', '') ?? '';
  const asApp = route.endsWith('/installation') || route.startsWith('POST /app/') || route === 'GET /app';
  const accepted = asApp ? token.split('.').length === 3 : world.tokens.size === 0 || world.tokens.has(token);
  if (!accepted) return { status: 401, body: { message: 'Bad credentials' } };
  if (params.owner && params.owner.toLowerCase() !== OURS.owner) return notFound;
  const handle = routes[route];
  if (!handle) throw new Error(`the double has no ${route}`);
  const reply = handle(world, asked);
  if (reply.status < 400) judgeAnswer(route, reply.status, reply.body);
  return reply;
}

function judgeHeaders({ headers }: Received): void {
  if (headers['x-github-api-version'] !== '2022-11-28') throw new Error('no API version');
  if (!headers['user-agent']?.startsWith('countersign')) throw new Error('no user agent');
  if (!headers.accept?.includes('json')) throw new Error('no accept');
}
