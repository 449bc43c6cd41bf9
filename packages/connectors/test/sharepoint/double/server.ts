import { FaultPlan } from '../../support/faults.ts';
import { answer, type Received, startServer } from '../../support/server.ts';
import { FILE_PATH, fileReply, UPLOAD_PATH, uploadReply } from './drive.ts';
import { TOKEN_PATH, tokenReply } from './entra.ts';
import { LIST_PATH, listReply } from './list.ts';
import { error, newWorld, type Reply, type World } from './world.ts';

/** An Entra and a Graph with one drive and one list, strict about what they are asked. */
export async function microsoftDouble() {
  const world = newWorld();
  const seen: (Received & { route: string })[] = [];
  /** What was asked as nobody may; a test ends with none. */
  const objections: string[] = [];
  const faults = new FaultPlan({
    status: 429,
    body: { error: { code: 'activityLimitReached', message: 'x' } },
    retryAfter: '12',
  });

  const server = await startServer((request, response) => {
    const fault = faults.next();
    if (fault?.endsWith('-before')) return faults.goWrong(fault, response);
    let reply: Reply;
    try {
      reply = replyTo(world, request, new URL(request.path, server.url), (route) => {
        seen.push({ ...request, route });
        world.meanwhile(route);
      });
    } catch (thrown) {
      objections.push(String(thrown));
      throw thrown;
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
    effects: () => world.files.size + world.items.length,
  };
}

export type MicrosoftDouble = Awaited<ReturnType<typeof microsoftDouble>>;

function replyTo(world: World, request: Received, url: URL, note: (route: string) => void): Reply {
  const asked = { request, url, note };
  if (url.pathname === TOKEN_PATH) {
    note('token');
    return tokenReply(world, asked);
  }
  if (UPLOAD_PATH.test(url.pathname)) return uploadReply(world, asked);
  const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
  if (!world.tokens.has(token)) return error(401, 'InvalidAuthenticationToken');
  if (FILE_PATH.test(url.pathname)) return fileReply(world, asked);
  if (LIST_PATH.test(url.pathname)) return listReply(world, asked);
  throw new Error(`no such route: ${request.method} ${request.path}`);
}
