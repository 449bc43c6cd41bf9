import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import express from 'express';
import { generate } from 'selfsigned';
import { loadTls, type RunningServer, startServer } from '../../src/index.ts';

/** An authority, and what it has signed for a server and for a client. */
interface Party {
  readonly authority: string;
  readonly server: { cert: string; key: string };
  readonly client: { cert: string; key: string };
}

async function makeParty(): Promise<Party> {
  const shared = { keyType: 'ec', algorithm: 'sha256' } as const;
  const root = await generate([{ name: 'commonName', value: 'Test Authority' }], {
    ...shared,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const signed = async (name: string) => {
    const ca = { key: root.private, cert: root.cert };
    const pems = await generate([{ name: 'commonName', value: name }], { ...shared, ca });
    return { cert: pems.cert, key: pems.private };
  };
  return { authority: root.cert, server: await signed('localhost'), client: await signed('ci') };
}

const local = { host: '127.0.0.1', port: 0 };
let dir: string;
let ours: Party;
let theirs: Party;
const files = { certFile: '', keyFile: '', caFile: '' };

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-tls-'));
  [ours, theirs] = await Promise.all([makeParty(), makeParty()]);
  files.certFile = join(dir, 'cert.pem');
  files.keyFile = join(dir, 'key.pem');
  files.caFile = join(dir, 'ca.pem');
  await writeFile(files.certFile, ours.server.cert);
  await writeFile(files.keyFile, ours.server.key);
  await writeFile(files.caFile, ours.authority);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function app() {
  const made = express();
  made.get('/hello', (_req, res) => void res.end('hello'));
  return made;
}

function get(url: string, more: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request(
      `${url}/hello`,
      { agent: false, ca: ours.authority, servername: 'localhost', ...more },
      (res) => {
        let text = '';
        res.on('data', (chunk) => {
          text += chunk;
        });
        res.on('end', () => resolve(text));
        res.on('error', reject);
      },
    );
    asking.on('error', reject);
    asking.end();
  });
}

describe('TLS', () => {
  test('answers over https alone', async () => {
    const { caFile: _none, ...server } = files;
    const running = await startServer(app(), { ...local, tls: await loadTls(server) });
    expect(running.url).toMatch(/^https:/);
    expect(await get(running.url, {})).toBe('hello');
    await expect(fetch(running.url.replace('https', 'http'))).rejects.toThrow();
    await running.close();
  });

  test('with client certificates: only those of our authority come in', async () => {
    const tls = await loadTls({ ...files, requireClientCert: true });
    const running = await startServer(app(), { ...local, tls });
    expect(await get(running.url, ours.client)).toBe('hello');
    await expect(get(running.url, {})).rejects.toThrow();
    await expect(get(running.url, theirs.client)).rejects.toThrow();
    await running.close();
  });

  test('refuses settings that cannot work, naming them', async () => {
    await expect(loadTls({ certFile: files.certFile })).rejects.toThrow('TLS_KEY_FILE');
    const { caFile: _none, ...server } = files;
    await expect(loadTls({ ...server, requireClientCert: true })).rejects.toThrow('TLS_CA_FILE');
    await expect(loadTls({ ...files, keyFile: join(dir, 'none.pem') })).rejects.toThrow('TLS_KEY_FILE');
    await writeFile(join(dir, 'text.pem'), 'hello');
    await expect(loadTls({ ...files, certFile: join(dir, 'text.pem') })).rejects.toThrow('no PEM');
    expect(await loadTls({})).toBeUndefined();
    const foreign = { ...files, keyFile: join(dir, 'foreign.pem') };
    await writeFile(foreign.keyFile, theirs.server.key);
    await expect(startServer(app(), { ...local, tls: await loadTls(foreign) })).rejects.toThrow();
  });
});

describe('closing', () => {
  /** An app whose one route answers when it is told to. */
  function slowApp() {
    const made = express();
    const waiting: (() => void)[] = [];
    made.get('/slow', (_req, res) => void waiting.push(() => res.end('done')));
    return { app: made, waiting };
  }
  const until = async (condition: () => boolean) => {
    for (const end = Date.now() + 5000; !condition(); ) {
      if (Date.now() > end) throw new Error('waited in vain');
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  test('takes no more, and finishes what has begun', async () => {
    const { app: slow, waiting } = slowApp();
    const running = await startServer(slow, local);
    const answer = fetch(`${running.url}/slow`);
    await until(() => waiting.length === 1);
    let closed = false;
    const closing = running.close().then(() => {
      closed = true;
    });
    await expect(fetch(`${running.url}/slow`)).rejects.toThrow();
    expect(closed).toBe(false);
    waiting[0]?.();
    expect(await (await answer).text()).toBe('done');
    await closing;
    await running.close();
  });

  test('says that it begins, so that streams can end', async () => {
    const closing = new AbortController();
    const streaming = express();
    let open = false;
    streaming.get('/stream', (_req, res) => {
      res.write('one\n');
      open = true;
      closing.signal.addEventListener('abort', () => res.end('bye\n'));
    });
    const running = await startServer(streaming, { ...local, closing });
    const answer = fetch(`${running.url}/stream`).then((response) => response.text());
    await until(() => open);
    await running.close();
    expect(await answer).toBe('one\nbye\n');
  });

  test('cuts what is still open after the grace time', async () => {
    const { app: slow, waiting } = slowApp();
    const running = await startServer(slow, { ...local, graceMs: 50 });
    const answer = fetch(`${running.url}/slow`);
    const failed = expect(answer).rejects.toThrow();
    await until(() => waiting.length === 1);
    await running.close();
    await failed;
  });

  test('does not wait for connections that say nothing', async () => {
    const running = await startServer(app(), { ...local, graceMs: 60_000 });
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.resume();
    await running.close();
    await ended;
  });
});

test('more connections than allowed are not taken', async () => {
  const running: RunningServer = await startServer(app(), { ...local, maxConnections: 1 });
  const port = Number(new URL(running.url).port);
  const first = connect(port, '127.0.0.1');
  await new Promise<void>((resolve) => first.once('connect', () => resolve()));
  const second = connect(port, '127.0.0.1');
  await new Promise<void>((resolve) => second.once('close', () => resolve()));
  first.destroy();
  await running.close();
});

test('an address in use is told', async () => {
  const running = await startServer(app(), local);
  const port = Number(new URL(running.url).port);
  await expect(startServer(app(), { ...local, port })).rejects.toThrow('EADDRINUSE');
  await running.close();
});
