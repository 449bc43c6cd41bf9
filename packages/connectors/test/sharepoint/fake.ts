import type { ServerResponse } from 'node:http';
import { quickXorHash } from '../../src/sharepoint/quick-xor-hash.ts';
import { answer, cutOff, hangUp, type Received, startServer } from '../support/server.ts';

export type Fault =
  | 'reset-before'
  | 'reset-after'
  | 'cut-after'
  | 'error-before'
  | 'error-after'
  | 'throttled'
  | 'busy'
  | 'stall-before'
  | 'stall-after';

interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

interface Upload {
  readonly path: string;
  total: number;
  parts: Buffer[];
}

export const SITE =
  'contoso.example,11111111-1111-1111-1111-111111111111,22222222-2222-2222-2222-222222222222';
export const TENANT = 'contoso.example';
const error = (status: number, code: string): Reply => ({
  status,
  body: { error: { code, message: `${code}.` } },
});

/** An Entra and a Graph with one drive and one list, strict about what they are asked. */
export async function fakeMicrosoft() {
  const world = {
    now: Date.parse('2026-05-01T12:00:00Z'),
    files: new Map<string, Buffer>(),
    uploads: new Map<string, Upload>(),
    abandoned: 0,
    items: [] as { id: string; fields: Record<string, unknown> }[],
    column: { name: 'CountersignKey', indexed: true, enforceUniqueValues: false } as
      | Record<string, unknown>
      | undefined,
    /** Answers filters with nothing, as SharePoint was seen to do. */
    blindFilter: false,
    /** Gives an empty page before the one that has it. */
    emptyPageFirst: false,
    /** Happens just before a request is answered. */
    meanwhile: (_route: string): void => {},
    expiresIn: 3600,
    tokens: new Set<string>(),
    minted: 0,
    secret: 'sentinel-client-secret+/=',
  };
  const seen: (Received & { route: string })[] = [];
  const objections: string[] = [];
  const faults = new Map<number, Fault>();
  let count = 0;
  let onStall: () => void = () => {};

  const server = await startServer((request, response) => {
    const fault = faults.get(count++);
    if (fault && (fault.endsWith('-before') || fault === 'throttled' || fault === 'busy')) {
      return goWrong(fault, response, onStall);
    }
    let reply: Reply;
    try {
      reply = answerTo(request);
    } catch (thrown) {
      objections.push(String(thrown));
      throw thrown;
    }
    if (fault) return goWrong(fault, response, onStall);
    if (reply.body === undefined) response.writeHead(reply.status).end();
    else answer(response, reply.status, reply.body);
  });

  const itemOf = (path: string, content: Buffer) => ({
    '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#driveItem',
    id: `01${Buffer.from(path).toString('hex').toUpperCase()}`,
    name: path.split('/').at(-1),
    size: content.length,
    webUrl: `https://contoso.example/Documents/${path}`,
    file: { mimeType: 'application/octet-stream', hashes: { quickXorHash: quickXorHash(content) } },
  });
  const listItemOf = ({ id, fields }: (typeof world.items)[number]) => ({
    id,
    webUrl: `https://contoso.example/Lists/Deploys/${id}_.000`,
    fields: { '@odata.etag': '"x,1"', CountersignKey: fields.CountersignKey },
  });

  function answerTo(request: Received): Reply {
    const url = new URL(request.path, server.url);
    const note = (route: string): void => {
      seen.push({ ...request, route });
      world.meanwhile(route);
    };
    if (url.pathname === `/${TENANT}/oauth2/v2.0/token`) {
      note('token');
      return tokenFor(request, server.url, world);
    }
    const upload = /^\/up\/(\d+)$/.exec(url.pathname)?.[1];
    if (upload !== undefined) {
      note(`upload ${request.method}`);
      if (request.headers.authorization) throw new Error('an upload takes no token');
      return uploadPart(request, upload);
    }
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if (!world.tokens.has(token)) return error(401, 'InvalidAuthenticationToken');
    const file =
      /^\/v1\.0\/(?:drives\/b!x|sites\/[^/]+\/drive)\/root:\/([^:]+)(:\/content|:\/createUploadSession)?$/.exec(
        url.pathname,
      );
    if (file) return fileRoute(request, url, decodeURIComponent(file[1] ?? ''), file[2] ?? '', note);
    const list = new RegExp(`^/v1\\.0/sites/${SITE}/lists/Deploys%20done/(items|columns)$`).exec(
      url.pathname,
    )?.[1];
    if (list) return listRoute(request, url, list, note);
    throw new Error(`no such route: ${request.method} ${request.path}`);
  }

  function fileRoute(
    request: Received,
    url: URL,
    path: string,
    what: string,
    note: (route: string) => void,
  ): Reply {
    const conflict = error(409, 'nameAlreadyExists');
    note(`${request.method} file${what}`);
    const there = world.files.get(path);
    if (request.method === 'GET' && what === '') {
      if (url.search !== '?$select=id,name,size,webUrl,file') throw new Error(`selects ${url.search}`);
      return there ? { status: 200, body: itemOf(path, there) } : error(404, 'itemNotFound');
    }
    if (request.method === 'PUT' && what === ':/content') {
      if (url.search !== '?@microsoft.graph.conflictBehavior=fail') throw new Error('may replace');
      if (request.headers['content-type'] !== 'application/octet-stream') throw new Error('no bytes');
      if (there) return conflict;
      world.files.set(path, request.body);
      return { status: 201, body: itemOf(path, request.body) };
    }
    if (request.method === 'POST' && what === ':/createUploadSession') {
      const { item } = JSON.parse(request.body.toString()) as { item: Record<string, string> };
      if (item['@microsoft.graph.conflictBehavior'] !== 'fail') throw new Error('may replace');
      if (there) return conflict;
      const id = String(world.uploads.size + 1);
      world.uploads.set(id, { path, total: -1, parts: [] });
      const uploadUrl = `${server.url}/up/${id}?tempauth=sentinel-upload-${id}`;
      return { status: 200, body: { uploadUrl, expirationDateTime: '2026-05-02T12:00:00Z' } };
    }
    throw new Error(`no such route: ${request.method} ${request.path}`);
  }

  function uploadPart({ method, headers, body }: Received, id: string): Reply {
    const upload = world.uploads.get(id);
    if (!upload) return error(404, 'itemNotFound');
    if (method === 'DELETE') {
      world.uploads.delete(id);
      world.abandoned += 1;
      return { status: 204 };
    }
    const [, from, to, total] =
      /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '')?.map(Number) ?? [];
    const have = upload.parts.reduce((sum, part) => sum + part.length, 0);
    if (from !== have || to !== have + body.length - 1 || total === undefined)
      return error(416, 'invalidRange');
    upload.parts.push(body);
    if (to + 1 < total) {
      if (body.length % (320 * 1024) !== 0) throw new Error('parts must be multiples of 320 KiB');
      return { status: 202, body: { nextExpectedRanges: [`${to + 1}-`] } };
    }
    world.uploads.delete(id);
    if (world.files.has(upload.path)) return error(409, 'nameAlreadyExists');
    world.files.set(upload.path, Buffer.concat(upload.parts));
    return { status: 201, body: itemOf(upload.path, Buffer.concat(upload.parts)) };
  }

  function listRoute(request: Received, url: URL, what: string, note: (route: string) => void): Reply {
    note(`${request.method} ${what}`);
    if (request.method === 'POST' && what === 'items') {
      const { fields, ...more } = JSON.parse(request.body.toString()) as { fields: Record<string, unknown> };
      if (Object.keys(more).length > 0) throw new Error('more than fields');
      const stray = Object.keys(fields).find(
        (name) => !['Title', 'Count', world.column?.name].includes(name),
      );
      if (stray) return error(400, 'invalidRequest');
      const taken = world.items.some((item) => item.fields.CountersignKey === fields.CountersignKey);
      if (taken && world.column?.enforceUniqueValues) return error(400, 'generalException');
      const item = { id: String(world.items.length + 1), fields };
      world.items.push(item);
      return { status: 201, body: listItemOf(item) };
    }
    if (request.method === 'GET' && what === 'columns') {
      const value = [{ name: 'Title', indexed: false }, ...(world.column ? [world.column] : [])];
      return { status: 200, body: { value } };
    }
    const key = /^fields\/CountersignKey eq '([^']+)'$/.exec(url.searchParams.get('$filter') ?? '')?.[1];
    if (key === undefined || url.searchParams.get('$expand') !== 'fields($select=CountersignKey)')
      throw new Error(`filters ${url.search}`);
    if (!world.column?.indexed && !String(request.headers.prefer).includes('HonorNonIndexed'))
      return error(400, 'invalidRequest');
    if (world.emptyPageFirst && !url.searchParams.has('$skiptoken')) {
      return { status: 200, body: { value: [], '@odata.nextLink': `${url.href}&$skiptoken=p2` } };
    }
    const value = world.blindFilter
      ? []
      : world.items.filter(({ fields }) => fields.CountersignKey === key).map(listItemOf);
    return { status: 200, body: { value } };
  }

  return {
    url: server.url,
    world,
    seen,
    objections,
    close: server.close,
    failAt(index: number, fault: Fault, stalled: () => void = () => {}) {
      faults.set(count + index, fault);
      onStall = stalled;
    },
    effects: () => world.files.size + world.items.length,
  };
}

export type FakeMicrosoft = Awaited<ReturnType<typeof fakeMicrosoft>>;

function tokenFor(
  { method, body, headers }: Received,
  graphUrl: string,
  world: { minted: number; tokens: Set<string>; expiresIn: number; secret: string },
): Reply {
  const form = Object.fromEntries(new URLSearchParams(body.toString()));
  const form_ = headers['content-type'] === 'application/x-www-form-urlencoded';
  if (
    method !== 'POST' ||
    !form_ ||
    form.grant_type !== 'client_credentials' ||
    form.scope !== `${graphUrl}/.default`
  ) {
    throw new Error('no request for a token');
  }
  if (form.client_id !== 'app-1' || form.client_secret !== world.secret) {
    const error_description = `AADSTS7000215: Invalid client secret provided: ${form.client_secret}`;
    return { status: 401, body: { error: 'invalid_client', error_description } };
  }
  world.minted += 1;
  const access_token = `sentinel-token-${world.minted}`;
  world.tokens.add(access_token);
  return { status: 200, body: { token_type: 'Bearer', expires_in: world.expiresIn, access_token } };
}

function goWrong(fault: Fault, response: ServerResponse, onStall: () => void): void {
  const kind = fault.replace(/-.*/, '');
  if (kind === 'reset') hangUp(response);
  else if (kind === 'cut') cutOff(response, 201, '{"id":');
  else if (kind === 'throttled')
    answer(response, 429, { error: { code: 'activityLimitReached', message: 'x' } }, { 'retry-after': '12' });
  else if (kind === 'busy')
    answer(response, 503, { error: { code: 'serviceNotAvailable', message: 'x' } }, { 'retry-after': '5' });
  else if (kind === 'stall') onStall();
  else answer(response, 500, { error: { code: 'generalException', message: 'x' } });
}
