import { harmless } from '../http/judge.ts';
import { failedForNow, unknown } from '../step/stop.ts';
import { jsonOf, MicrosoftError } from './answer.ts';
import type { Graph } from './graph.ts';
import type { DriveItem } from './upload-file.ts';

/** Ten times the 320 KiB that parts must be a multiple of. */
const PART_BYTES = 10 * 320 * 1024;

/** A file in one request. */
export function putWhole(
  graph: Graph,
  path: string,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<DriveItem> {
  return graph.doing({
    method: 'PUT',
    path: `${path}:/content?@microsoft.graph.conflictBehavior=fail`,
    headers: { 'content-type': 'application/octet-stream' },
    bytes,
    signal,
  });
}

/** A file in parts, of which only the last makes it be there. */
export async function uploadInParts(
  graph: Graph,
  path: string,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<DriveItem> {
  const session = await graph.asking({
    method: 'POST',
    path: `${path}:/createUploadSession`,
    json: { item: { '@microsoft.graph.conflictBehavior': 'fail' } },
    signal,
  });
  const url = uploadUrlOf(graph, session.uploadUrl);
  const put = async (from: number): Promise<Record<string, unknown>> => {
    const part = bytes.subarray(from, from + PART_BYTES);
    const range = `bytes ${from}-${from + part.length - 1}/${bytes.length}`;
    return jsonOf(
      'the upload',
      await graph.uploading(url, { 'content-range': range }, part, signal),
      graph.now(),
    );
  };
  const last = Math.floor((bytes.length - 1) / PART_BYTES) * PART_BYTES;
  try {
    for (let from = 0; from < last; from += PART_BYTES) await harmless(put(from));
  } catch (error) {
    await graph.forget(url);
    throw error;
  }
  try {
    return await put(last);
  } catch (error) {
    // A session that is gone, or wants other parts, may have ended with the file in place.
    const gone = error instanceof MicrosoftError && [404, 410, 416].includes(error.status);
    throw gone ? unknown(error.message) : error;
  }
}

/** The place to upload to. Whoever knows it may write there, so it is a secret. */
function uploadUrlOf(graph: Graph, told: unknown): URL {
  const url = typeof told === 'string' ? URL.parse(told) : null;
  if (!url) throw failedForNow('Graph gave no place to upload to');
  graph.secrets.know(url.href);
  return url;
}
