import { createHmac } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Json } from '../block-kit/place.ts';
import type { Delivery } from '../types.ts';

/** Slack gives an app three seconds; a little more here, so that an answer in the last moment counts as one. */
export const answerWithinMs = 3_500;
const longestAnswer = 1_000_000;

/** Sends an interaction to an address, signed. Never rejects: what did not arrive has status 0, and says why. */
export async function deliverOverHttp(
  target: { readonly url: string; readonly signingSecret: string; readonly nowSec: number },
  payload: Json,
  stopped: AbortSignal,
): Promise<Delivery> {
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(target.nowSec));
  const request = {
    url: target.url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signatureOf(target.signingSecret, timestamp, body),
    },
    body,
  };
  const began = performance.now();
  const timeout = AbortSignal.timeout(answerWithinMs);
  const answer = await post(request, AbortSignal.any([timeout, stopped])).catch((error: Error) => ({
    status: 0,
    body: timeout.aborted ? 'operation_timeout' : error.message,
  }));
  return { ...answer, milliseconds: performance.now() - began, request };
}

/** `v0=` and the HMAC that Slack documents, over version, timestamp and raw body. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

function post(
  { url, headers, body }: Delivery['request'],
  signal: AbortSignal,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { request } = url.startsWith('https:') ? https : http;
    // A connection each: one kept open would keep the app under test from closing.
    const sent = request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      agent: false,
      signal,
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > longestAnswer)
          response.destroy(new Error(`the answer is longer than ${longestAnswer} bytes`));
        chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
    sent.end(body);
  });
}
