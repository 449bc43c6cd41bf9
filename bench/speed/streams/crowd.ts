import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithUs } from '../../harness/children.ts';
import type { RunningServer } from '../../harness/server.ts';
import { openSide, type Side } from '../../harness/side.ts';

const SLICES = 20;
/** Connections of other calls that may come and go meanwhile. */
const IDLE = 16;
const CLIENTS = new URL('./clients.ts', import.meta.url);

/** Streams of which some are measured; the others only have to be read, as cheaply as possible. */
export interface Crowd {
  close(): Promise<void>;
}

/**
 * Opens streams in slices, each with its share of measured ones, so that these stand everywhere in the order in
 * which a server writes. wrk drains the others where it is installed; else a process of Node.
 */
export async function gather(
  clients: Side,
  server: RunningServer,
  token: string,
  total: number,
): Promise<Crowd> {
  const measured = Math.min(total, 100);
  const drains = hasWrk() ? wrkDrains() : await nodeDrains();
  const before = socketsOf(server.pid);
  for (let slice = 1; slice <= SLICES; slice++) {
    const share = (all: number) =>
      Math.floor((all * slice) / SLICES) - Math.floor((all * (slice - 1)) / SLICES);
    await clients.ask('read', { url: server.url, token, count: share(measured) });
    const count = share(total - measured);
    if (count === 0) continue;
    const open = socketsOf(server.pid);
    await drains.open(server.url, token, count);
    await untilOpen(server.pid, open + count - IDLE);
  }
  return {
    async close() {
      await clients.ask('closeStreams');
      await drains.close();
      await untilClosed(server.pid, before + IDLE);
    },
  };
}

interface Drains {
  open(url: string, token: string, count: number): Promise<void>;
  close(): Promise<void>;
}

function wrkDrains(): Drains {
  const children: ChildProcess[] = [];
  return {
    async open(url, token, count) {
      const args = [
        '-t1',
        `-c${count}`,
        '-d600s',
        '--timeout',
        '600s',
        '-H',
        `Authorization: Bearer ${token}`,
      ];
      children.push(endWithUs(spawn('wrk', [...args, `${url}/api/events/stream`], { stdio: 'ignore' })));
    },
    async close() {
      for (const child of children) {
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }
    },
  };
}

async function nodeDrains(): Promise<Drains> {
  const side = await openSide(CLIENTS);
  return {
    open: (url, token, count) => side.ask('drain', { url, token, count }),
    close: () => side.close(),
  };
}

function hasWrk(): boolean {
  try {
    execFileSync('wrk', ['-v'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    // It ends with 1 after telling its version.
    return (error as { status?: number | null }).status === 1;
  }
}

function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`).startsWith('socket:');
    } catch {
      // Closed between the two looks.
      return false;
    }
  }).length;
}

async function untilOpen(pid: number, sockets: number): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(5)) {
    if (socketsOf(pid) >= sockets) return;
  }
  throw new Error(`only ${socketsOf(pid)} of ${sockets} sockets were opened within 30 s`);
}

async function untilClosed(pid: number, sockets: number): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(20)) {
    if (socketsOf(pid) <= sockets) return;
  }
  throw new Error(`${socketsOf(pid)} sockets were still open after 30 s`);
}
