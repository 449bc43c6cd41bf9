import type { InputFault, JsonObject } from '@countersign/domain';
import { holdsTemplate, isBase64 } from '../step/input.ts';
import type { OperationOf } from '../step/operation.ts';
import { failed, unknown } from '../step/stop.ts';
import { isNotFound, MicrosoftError } from './answer.ts';
import type { Graph } from './graph.ts';
import { quickXorHash } from './quick-xor-hash.ts';
import { putWhole, uploadInParts } from './send-file.ts';

interface UploadFile {
  readonly driveId?: string;
  /** Instead of a drive: the site whose first library it is. */
  readonly siteId?: string;
  readonly path: string;
  readonly content: string;
  /** Of the content; utf-8 when absent. */
  readonly encoding?: 'utf-8' | 'base64';
}

/** What Graph tells of a file. */
export interface DriveItem {
  readonly id?: string;
  readonly name?: string;
  readonly size?: number;
  readonly webUrl?: string;
  readonly file?: { readonly hashes?: { readonly quickXorHash?: string } };
}

const MAX_CONTENT = 16_777_216;
/** Graph takes more in one request by now, but not from every service of it. */
const MAX_WHOLE_BYTES = 4 * 1024 * 1024;

/** Uploads a file where none is yet. One with the same content that is there already is as good as uploaded. */
export function uploadFile(graph: Graph): OperationOf<UploadFile> {
  return {
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['path', 'content'],
      properties: {
        driveId: { type: 'string', format: 'drive-id' },
        siteId: { type: 'string', format: 'site-id' },
        path: { type: 'string', format: 'drive-path' },
        content: { type: 'string' },
        encoding: { enum: ['utf-8', 'base64'] },
      },
    },
    faults: fileFaults,
    dryRun({ input }) {
      const bytes = bytesOf(input);
      const { path, driveId, siteId } = input;
      return {
        summary: `upload ${bytes.length} bytes to ${path} in ${driveId === undefined ? 'the library of the site' : 'the drive'}`,
        details: {
          path,
          driveId: driveId ?? null,
          siteId: siteId ?? null,
          bytes: bytes.length,
          quickXorHash: quickXorHash(bytes),
        },
      };
    },
    async execute({ input, signal }) {
      const bytes = bytesOf(input);
      const path = pathOf(input);
      const existing = async (): Promise<JsonObject | undefined> => {
        const there = await fileAt(graph, path, signal);
        if (!there) return undefined;
        if (sameContent(there, bytes)) return resultOf(there);
        throw failed(`${input.path} is there already, with another content`);
      };
      // Asked before as well: a service that takes no notice of the wish not to replace must not get that far.
      const before = await existing();
      if (before) return before;
      try {
        const send = bytes.length <= MAX_WHOLE_BYTES ? putWhole : uploadInParts;
        return resultOf(await send(graph, path, bytes, signal));
      } catch (error) {
        const raced = error instanceof MicrosoftError && error.status === 409 ? await existing() : undefined;
        if (raced) return raced;
        throw error;
      }
    },
    async reconcile({ input, signal }) {
      const there = await fileAt(graph, pathOf(input), signal);
      // Not waited for: should the first still arrive, the second finds it there and leaves it.
      if (!there) return { found: 'not_done' };
      if (sameContent(there, bytesOf(input))) return { found: 'done', result: resultOf(there) };
      return { found: 'cannot_tell', why: `${input.path} is there, with another content` };
    },
  };
}

function fileFaults({ driveId, siteId, content, encoding }: UploadFile): InputFault[] {
  const faults: InputFault[] = [];
  if ((driveId === undefined) === (siteId === undefined)) {
    faults.push({ pointer: '', detail: 'must have either "driveId" or "siteId"' });
  }
  // Not the schema's: ajv counts characters one by one.
  if (content.length > MAX_CONTENT) {
    faults.push({ pointer: '/content', detail: `must have at most ${MAX_CONTENT} characters` });
  }
  if (encoding === 'base64' && !holdsTemplate(content) && !isBase64(content)) {
    faults.push({ pointer: '/content', detail: 'must be Base64' });
  }
  return faults;
}

function bytesOf({ content, encoding }: UploadFile): Buffer {
  return Buffer.from(content, encoding ?? 'utf-8');
}

function pathOf({ driveId, siteId, path }: UploadFile): string {
  const drive = driveId === undefined ? `/sites/${siteId}/drive` : `/drives/${driveId}`;
  return `${drive}/root:/${path.split('/').map(encodeURIComponent).join('/')}`;
}

async function fileAt(graph: Graph, path: string, signal: AbortSignal): Promise<DriveItem | undefined> {
  try {
    return await graph.asking({ method: 'GET', path: `${path}?$select=id,name,size,webUrl,file`, signal });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function sameContent({ size, file }: DriveItem, bytes: Uint8Array): boolean {
  return size === bytes.length && file?.hashes?.quickXorHash === quickXorHash(bytes);
}

function resultOf({ id, name, size, webUrl }: DriveItem): JsonObject {
  if (!id) throw unknown('Graph accepted the file, but did not say which it is');
  return { id, name: name ?? '', size: size ?? 0, url: webUrl ?? '' };
}
