import type { IncomingMessage } from 'node:http';

export interface BodyBounds {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** The body did not come whole; with the HTTP status that says why. */
export class BodyRefused extends Error {
  readonly status: 400 | 408 | 413;

  constructor(status: 400 | 408 | 413, message: string) {
    super(message);
    this.name = 'BodyRefused';
    this.status = status;
  }
}

/**
 * Reads a whole body as it came, within a size and a time.
 * @throws BodyRefused
 */
export function readRawBody(req: IncomingMessage, { maxBytes, timeoutMs }: BodyBounds): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = (status: 400 | 408 | 413, message: string) =>
      finish(() => reject(new BodyRefused(status, message)));
    const timer = setTimeout(() => refuse(408, `the body did not arrive within ${timeoutMs} ms`), timeoutMs);

    function finish(settle: () => void): void {
      clearTimeout(timer);
      req.off('data', onData);
      req.off('end', onEnd);
      req.off('close', onClose);
      settle();
    }
    function onData(chunk: Buffer): void {
      size += chunk.length;
      if (size > maxBytes) refuse(413, `a body may have at most ${maxBytes} bytes`);
      else chunks.push(chunk);
    }
    function onEnd(): void {
      finish(() => resolve(Buffer.concat(chunks)));
    }
    function onClose(): void {
      refuse(400, 'the body ended before it was complete');
    }

    if (Number(req.headers['content-length'] ?? 0) > maxBytes) {
      refuse(413, `a body may have at most ${maxBytes} bytes`);
      return;
    }
    req.on('data', onData);
    req.on('end', onEnd);
    req.on('close', onClose);
    // Stays: a connection that breaks later on must find somebody who listens.
    req.on('error', onClose);
  });
}
