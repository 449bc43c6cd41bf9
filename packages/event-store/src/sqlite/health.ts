import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MAX_APPEND_BYTES } from '../check.ts';
import type { StoreError, StoreHealth } from '../port.ts';
import { IN_MEMORY } from './connection.ts';
import type { Writer } from './writer.ts';

/** Reading is tried always, writing only when the newest append failed: it costs a sync of the disk. */
export async function probe(
  file: string,
  writer: Writer,
  read: () => unknown,
  failed: StoreError | undefined,
): Promise<StoreHealth> {
  try {
    read();
    if (!failed) return { status: 'ok' };
    const [failure] = await writer.commit([]);
    if (failure && 'message' in failure) return { status: 'unavailable', detail: failure.message };
    // Room for the probe is not yet room for an append.
    const free = file === IN_MEMORY ? Number.POSITIVE_INFINITY : await freeBytes(dirname(file));
    if (free >= 2 * MAX_APPEND_BYTES) return { status: 'ok' };
    return { status: 'unavailable', detail: `disk full: ${free} bytes are left beside ${file}` };
  } catch (error) {
    return { status: 'unavailable', detail: error instanceof Error ? error.message : String(error) };
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
