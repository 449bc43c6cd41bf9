import { quickXorHash } from '../../../src/sharepoint/quick-xor-hash.ts';
import { type Asked, error, type Reply, type World } from './world.ts';

export const FILE_PATH =
  /^\/v1\.0\/(?:drives\/b!x|sites\/[^/]+\/drive)\/root:\/([^:]+)(:\/content|:\/createUploadSession)?$/;
export const UPLOAD_PATH = /^\/up\/(\d+)$/;

const conflict = error(409, 'nameAlreadyExists');

const itemOf = (path: string, content: Buffer) => ({
  '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#driveItem',
  id: `01${Buffer.from(path).toString('hex').toUpperCase()}`,
  name: path.split('/').at(-1),
  size: content.length,
  webUrl: `https://contoso.example/Documents/${path}`,
  file: { mimeType: 'application/octet-stream', hashes: { quickXorHash: quickXorHash(content) } },
});

export function fileReply(world: World, { request, url, note }: Asked): Reply {
  const [, encoded = '', what = ''] = FILE_PATH.exec(url.pathname) ?? [];
  const path = decodeURIComponent(encoded);
  note(`${request.method} file${what}`);
  const there = world.files.get(path);
  switch (`${request.method} ${what}`) {
    case 'GET ':
      if (url.search !== '?$select=id,name,size,webUrl,file') throw new Error(`selects ${url.search}`);
      return there ? { status: 200, body: itemOf(path, there) } : error(404, 'itemNotFound');
    case 'PUT :/content':
      if (url.search !== '?@microsoft.graph.conflictBehavior=fail') throw new Error('may replace');
      if (request.headers['content-type'] !== 'application/octet-stream') throw new Error('no bytes');
      if (there) return conflict;
      world.files.set(path, request.body);
      return { status: 201, body: itemOf(path, request.body) };
    case 'POST :/createUploadSession':
      return there ? conflict : sessionFor(world, path, { request, url, note });
    default:
      throw new Error(`no such route: ${request.method} ${request.path}`);
  }
}

function sessionFor(world: World, path: string, { request, url }: Asked): Reply {
  const { item } = JSON.parse(request.body.toString()) as { item: Record<string, string> };
  if (item['@microsoft.graph.conflictBehavior'] !== 'fail') throw new Error('may replace');
  const id = String(world.uploads.size + 1);
  world.uploads.set(id, { path, parts: [] });
  const uploadUrl = `${url.origin}/up/${id}?tempauth=sentinel-upload-${id}`;
  return { status: 200, body: { uploadUrl, expirationDateTime: '2026-05-02T12:00:00Z' } };
}

export function uploadReply(world: World, { request, url, note }: Asked): Reply {
  const { method, headers, body } = request;
  note(`upload ${method}`);
  if (headers.authorization) throw new Error('an upload takes no token');
  const id = UPLOAD_PATH.exec(url.pathname)?.[1] ?? '';
  const upload = world.uploads.get(id);
  if (!upload) return error(404, 'itemNotFound');
  if (method === 'DELETE') {
    world.uploads.delete(id);
    world.abandoned += 1;
    return { status: 204 };
  }
  const [, from, to, total = 0] =
    /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '')?.map(Number) ?? [];
  const have = upload.parts.reduce((sum, part) => sum + part.length, 0);
  if (from !== have || to !== have + body.length - 1) return error(416, 'invalidRange');
  upload.parts.push(body);
  if (to + 1 < total) {
    if (body.length % (320 * 1024) !== 0) throw new Error('parts must be multiples of 320 KiB');
    return { status: 202, body: { nextExpectedRanges: [`${to + 1}-`] } };
  }
  world.uploads.delete(id);
  if (world.files.has(upload.path)) return conflict;
  const content = Buffer.concat(upload.parts);
  world.files.set(upload.path, content);
  return { status: 201, body: itemOf(upload.path, content) };
}
