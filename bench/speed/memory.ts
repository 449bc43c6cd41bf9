import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus, openApi } from '../harness/http.ts';
import { interleave } from '../harness/interleave.ts';
import { figure, median, spread, spreadText } from '../harness/stats.ts';
import { makeTempDir } from '../harness/temp.ts';
import { eventsOf, MILLION, SMALL } from '../seed/ledger.ts';
import { seededFolder, serveSeeded } from '../seed/views.ts';
import type { Benchmark } from './benchmark.ts';

const MAX_MORE_MB = 150;
const READS = 100;
const SETTLE_MS = 2000;

/** Resident memory of a server with a large ledger, against one with an empty one, after the same use. */
export const memory: Benchmark = {
  method:
    `Resident memory (VmRSS) of \`countersign serve\` after its start, ${READS} pages each of the list, of the pending ` +
    'and of the audit log, and two seconds of rest. Each repetition is a new process.',
  async run({ quick, log }) {
    const size = quick ? SMALL : MILLION;
    const folder = await seededFolder(size, log);
    const empty = makeTempDir('empty');
    try {
      const results = await interleave(
        quick ? 1 : 5,
        { empty: () => residentMb(empty.path), full: () => residentMb(folder) },
        (name, nth, mb) => log(`${name} ${nth}: ${figure(mb)} MB`),
      );
      const more = median(results.full) - median(results.empty);
      return [
        {
          what: `memory, ${size.pending.toLocaleString('en-US')} pending of ${eventsOf(size).toLocaleString('en-US')} events`,
          yardstick: 'the same with an empty ledger',
          ours: spreadText(spread(results.full), ' MB'),
          theirs: spreadText(spread(results.empty), ' MB'),
          measured: `+${figure(more)} MB`,
          target: `≤ ${MAX_MORE_MB} MB more`,
          reached: more <= MAX_MORE_MB,
        },
      ];
    } finally {
      empty.remove();
    }
  },
};

async function residentMb(folder: string): Promise<number> {
  const server = await serveSeeded(folder);
  const api = openApi(server.url, 4);
  try {
    const token = await server.mint({ sub: 'auditor-1', roles: ['auditor'] });
    for (let page = 0; page < READS; page++) {
      for (const path of ['/api/approvals?', '/api/approvals?status=pending&']) {
        expectStatus(await api.send({ path: `${path}limit=50&offset=${page * 50}`, token }), [200], path);
      }
      const from = new Date(Date.now() - page * 6 * 3_600_000).toISOString();
      expectStatus(await api.send({ path: `/api/audit?limit=50&from=${from}`, token }), [200], '/api/audit');
    }
    await sleep(SETTLE_MS);
    return residentBytes(server.pid) / 2 ** 20;
  } finally {
    await api.close();
    await server.stop();
  }
}

function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status says nothing of VmRSS`);
  return Number(kilobytes) * 1024;
}
