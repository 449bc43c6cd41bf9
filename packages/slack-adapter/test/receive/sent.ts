import { createHmac } from 'node:crypto';
import { request } from 'node:http';

export interface Sent {
  readonly body: string | Buffer;
  readonly secret: string;
  /** Seconds since 1970. */
  readonly atSec: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly method?: string;
}

export interface Answered {
  readonly status: number;
  readonly body: string;
}

/** A call as Slack would sign it; `headers` go over those of the signature. */
export function sendSigned(url: string, { body, secret, atSec, headers, method }: Sent): Promise<Answered> {
  const bytes = Buffer.from(body);
  const hmac = createHmac('sha256', secret).update(`v0:${atSec}:`).update(bytes);
  return send(url, bytes, method ?? 'POST', {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(atSec),
    'x-slack-signature': `v0=${hmac.digest('hex')}`,
    ...headers,
  });
}

/** Headers that are undefined are left out. */
export function send(
  url: string,
  body: Buffer,
  method: string,
  headers: Readonly<Record<string, string | undefined>>,
): Promise<Answered> {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method,
      agent: false,
      headers: Object.fromEntries(given) as Record<string, string>,
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
    sent.end(body);
  });
}

/** A click's payload as a form. */
export function formOf(payload: unknown): string {
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}
