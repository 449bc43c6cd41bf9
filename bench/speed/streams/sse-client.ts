import { connect, type Socket } from 'node:net';

export interface StreamOptions {
  readonly url: string;
  readonly path: string;
  readonly token: string;
  /** Text as it comes, in pieces of any size; latin1, so that nothing has to be decoded. */
  readonly onText: (text: string, at: number) => void;
}

/** An event stream over a bare socket: reading must cost as little as it can. Resolves once the answer has begun. */
export function openStream({ url, path, token, onText }: StreamOptions): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let begun = false;
    socket.once('error', reject);
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\n\r\n`,
    );
    socket.on('data', (chunk) => {
      const at = performance.now();
      const text = chunk.toString('latin1');
      if (!begun) {
        begun = true;
        if (!text.startsWith('HTTP/1.1 200')) return reject(new Error(`${path}: ${text.slice(0, 300)}`));
        resolve(socket);
      }
      onText(text, at);
    });
  });
}

/** Calls back for each `#0000123#` in a text that comes in pieces, once. */
export function markReader(onMark: (number: number, at: number) => void): StreamOptions['onText'] {
  let rest = '';
  return (piece, at) => {
    const text = rest + piece;
    for (const [, digits] of text.matchAll(/#(\d{7})#/g)) onMark(Number(digits), at);
    // One character short of a mark: what is kept cannot be counted twice.
    rest = text.slice(-8);
  };
}

export function markOf(number: number): string {
  return `#${String(number).padStart(7, '0')}#`;
}
