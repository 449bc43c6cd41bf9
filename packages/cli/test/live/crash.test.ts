import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { removeDir, type Server, serve, tempDir, until } from './support.ts';

let dir: string;
let running: Server | undefined;
beforeEach(() => {
  dir = tempDir();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  removeDir(dir);
});

function tokenOf(server: Server, who: string): string {
  return JSON.parse(readFileSync(join(server.dir, 'dev-tokens.json'), 'utf8')).tokens[who];
}

function adminTokenOf(server: Server): string {
  return JSON.parse(readFileSync(join(server.dir, 'dev-tokens.json'), 'utf8')).adminToken;
}

/** One request, each with an idempotency key of its own; the status and what was answered. */
async function create(
  server: Server,
  key: string,
): Promise<{ status: number; code?: string; requestId: string }> {
  const response = await fetch(`${server.url}/api/guard/request`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokenOf(server, 'ci')}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify({ action: 'deploy.production', params: { key } }),
  });
  const body = (await response.json()) as { requestId: string; code?: string };
  return { ...body, status: response.status };
}

async function get<T>(server: Server, path: string): Promise<T> {
  const response = await fetch(server.url + path, {
    headers: { authorization: `Bearer ${tokenOf(server, 'auditor')}` },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { data: T }).data;
}

interface Item {
  readonly requestId: string;
  readonly params: { key: string };
}

async function listAll(server: Server): Promise<Item[]> {
  const items: Item[] = [];
  for (let offset = 0; ; offset += 200) {
    const page = await get<{ items: Item[]; total: number }>(
      server,
      `/api/approvals?limit=200&offset=${offset}`,
    );
    items.push(...page.items);
    if (items.length >= page.total || page.items.length === 0) return items;
  }
}

describe('killed in the middle of a load of creates', () => {
  test('it has every acknowledged request once, none doubled, and its views equal a rebuild', async () => {
    const acknowledged = new Map<string, string>();
    const unanswered: string[] = [];
    for (let round = 0; round < 3; round++) {
      const server = await serve(dir);
      running = server;
      let stop = false;
      const load = Array.from({ length: 24 }, async (_, worker) => {
        for (let n = 0; !stop; n++) {
          const key = `${round}-${worker}-${n}`;
          try {
            const { status, requestId } = await create(server, key);
            if (status === 201) acknowledged.set(key, requestId);
          } catch {
            // The connection died with the server: whether this one was written is not known.
            unanswered.push(key);
            return;
          }
        }
      });
      const aim = acknowledged.size + 150;
      await until(() => acknowledged.size >= aim);
      server.process.kill('SIGKILL');
      stop = true;
      await Promise.all([...load, server.ended]);
    }

    const server = await serve(dir);
    running = server;
    // What was not answered is sent again under its key: written now, or found written.
    for (const key of unanswered) acknowledged.set(key, (await create(server, key)).requestId);
    await until(
      async () => (await get<{ total: number }>(server, '/api/approvals?limit=1')).total >= acknowledged.size,
    );
    const items = await listAll(server);
    const byKey = new Map(items.map(({ params, requestId }) => [params.key, requestId]));
    expect(items).toHaveLength(byKey.size);
    for (const [key, requestId] of acknowledged) expect(byKey.get(key)).toBe(requestId);
    const audit = await get<{ items: unknown[] }>(server, `/api/approvals/${items[0]?.requestId}/events`);
    expect(audit.items).toHaveLength(1);

    const before = JSON.stringify(items);
    await rebuild(server, 'requests');
    expect(JSON.stringify(await listAll(server))).toBe(before);
  }, 120_000);
});

async function rebuild(server: Server, name: string): Promise<void> {
  const admin = { 'x-admin-token': adminTokenOf(server) };
  const states = async () => {
    const answer = await fetch(`${server.url}/api/admin/projections`, { headers: admin });
    return JSON.stringify(await answer.json());
  };
  const response = await fetch(`${server.url}/api/admin/projections/${name}/rebuild`, {
    method: 'POST',
    headers: admin,
  });
  expect([200, 202]).toContain(response.status);
  await until(async () => !(await states()).includes('rebuilding'));
}

describe('on a disk that is full', () => {
  const mountable = canMount();
  if (!mountable) console.warn('skipped: a full disk needs root, to mount a small file system');

  (mountable ? test : test.skip)(
    'creates get a clear 503, reads go on, and it recovers when there is space',
    async () => {
      const ledger = join(dir, 'small');
      mkdirSync(ledger);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', ledger]);
      try {
        const server = await serve(dir, {
          STORE: `sqlite:${join(ledger, 'ledger.db')}`,
          KEYSTORE: `sqlite:${join(dir, 'keys.db')}`,
        });
        running = server;
        const first = await create(server, 'first');
        const filler = join(ledger, 'filler');
        fillUp(filler);
        let refused = await create(server, 'full-0');
        for (let n = 1; refused.status === 201 && n < 2000; n++) refused = await create(server, `full-${n}`);
        expect(refused).toMatchObject({ status: 503, code: 'store_unavailable' });
        expect((await get<Item>(server, `/api/approvals/${first.requestId}`)).requestId).toBe(
          first.requestId,
        );
        rmSync(filler);
        await until(async () => (await create(server, 'after')).status < 300);
        await server.stop();
        running = undefined;
      } finally {
        await running?.stop();
        running = undefined;
        execFileSync('umount', ['-l', ledger]);
      }
    },
    60_000,
  );
});

function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const dir = tempDir();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir], { stdio: 'ignore' });
    execFileSync('umount', [dir]);
    return true;
  } catch {
    return false;
  } finally {
    removeDir(dir);
  }
}

/** Writes until nothing more fits. */
function fillUp(file: string): void {
  const block = Buffer.alloc(64 * 1024);
  for (let n = 0; n < 1000; n++) {
    try {
      writeFileSync(file, block, { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
  throw new Error('the small disk took more than it has');
}
