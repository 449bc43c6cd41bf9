import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { Problem } from '../../src/problems/problem.ts';
import { readBody } from '../../src/server/json.ts';
import { sendJson, sendProblem } from '../../src/server/send.ts';

const limits = { bodyBytes: 1000, bodyTimeoutMs: 200 };
const Schema = z.strictObject({ value: z.unknown(), name: z.string().max(10).optional() });
let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer((req, res) => {
    readBody(req, limits, Schema).then(
      (body) => sendJson(res, 200, body),
      (error: unknown) => (error instanceof Problem ? sendProblem(res, error) : res.destroy()),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const post = async (body: string | Uint8Array<ArrayBuffer>, type = 'application/json') => {
  const response = await fetch(`http://127.0.0.1:${port}`, {
    method: 'POST',
    body,
    headers: { 'content-type': type },
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as never };
};

/** Writes raw bytes, and gives what comes back until the other side ends. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });

describe('reading a body', () => {
  test('takes exactly what fits, and not one byte more', async () => {
    const exact = JSON.stringify({ value: 'x'.repeat(1000 - '{"value":""}'.length) });
    expect((await post(exact)).status).toBe(200);
    expect((await post(`${exact} `)).body).toMatchObject({ code: 'body_too_large' });
  });

  test('stops at the limit when no length was announced', async () => {
    const answer = await new Promise<{ status: number | undefined; connection: unknown }>(
      (resolve, reject) => {
        const sending = request(
          { port, method: 'POST', headers: { 'content-type': 'application/json' } },
          (res) => {
            res.resume();
            resolve({ status: res.statusCode, connection: res.headers.connection });
          },
        );
        sending.on('error', reject);
        sending.write(`{"value":"${'x'.repeat(600)}`);
        sending.write('x'.repeat(600));
      },
    );
    expect(answer).toEqual({ status: 413, connection: 'close' });
  });

  test('gives up on one that does not arrive, and ends the connection', async () => {
    const answer = await raw('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"va');
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain('"code":"body_timeout"');
    expect(answer).toContain('Connection: close');
  });

  test('takes a body in many pieces, cut inside a character', async () => {
    const bytes = Buffer.from(JSON.stringify({ value: '…äöü😀'.repeat(20) }));
    const answer = await new Promise<string>((resolve, reject) => {
      const sending = request({ port, method: 'POST' }, (res) => {
        let text = '';
        res.on('data', (chunk) => {
          text += chunk;
        });
        res.on('end', () => resolve(text));
      });
      sending.on('error', reject);
      for (const byte of bytes) sending.write(Buffer.from([byte]));
      sending.end();
    });
    expect(JSON.parse(answer)).toEqual({ value: '…äöü😀'.repeat(20) });
  });

  test.each([
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 'malformed_json'],
    ['two documents', '{} {}', 'malformed_json'],
    ['a comment', '{"value":1 /* one */}', 'malformed_json'],
    ['a byte order mark', '\ufeff{}', 'malformed_json'],
    ['a name that is too long', '{"name":"12345678901"}', 'invalid_body'],
  ])('refuses %s', async (_what, body, code) => {
    expect((await post(body)).body).toMatchObject({ status: 400, code });
  });

  test('does not quote the body when it is no JSON', async () => {
    const { body } = await post('{"value": hunter2}');
    expect(JSON.stringify(body)).not.toContain('hunter2');
    expect((await post('{"value":1,,}')).body).toMatchObject({
      detail: 'the body is not JSON, at position 11',
    });
  });

  test.each(['text/plain', 'multipart/form-data; boundary=x', 'application/jsonp', 'image/json'])(
    'refuses %s',
    async (type) => {
      expect((await post('{}', type)).body).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    },
  );

  test.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/merge-patch+json'])(
    'takes %s',
    async (type) => {
      expect((await post('{"value":1}', type)).status).toBe(200);
    },
  );

  test('names every field that is not known, at most twenty, and cuts their names', async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`f${n}`, 1]));
    const { body } = await post(JSON.stringify(many));
    const { errors } = body as { errors: { pointer: string; detail: string }[] };
    expect(errors).toHaveLength(20);
    expect(errors[0]).toEqual({ pointer: '/value', detail: 'is required' });
    expect(errors[1]).toEqual({ pointer: '/f0', detail: 'is not a known field; known are: value, name' });
    const long = await post(JSON.stringify({ ['n'.repeat(900)]: 1 }));
    expect(JSON.stringify(long.body).length).toBeLessThan(600);
  });

  test('gives back any JSON as it was sent', async () => {
    const small = fc.jsonValue({ maxDepth: 4 }).filter((value) => JSON.stringify(value).length < 900);
    await fc.assert(
      fc.asyncProperty(small, async (value) => {
        const text = JSON.stringify({ value });
        const { status, body } = await post(text);
        if (text.includes('__proto__')) expect(status).toBe(400);
        else expect(JSON.stringify(body)).toBe(text);
      }),
      { numRuns: 200 },
    );
  });
});
