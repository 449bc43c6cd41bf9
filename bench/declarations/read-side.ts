import { type Api, expectStatus } from '../harness/http.ts';
import type { Chain, Ending } from './chain.ts';

/**
 * What the ledger's read side says of a run: the list of requests and the audit log, each waited for until it holds
 * everything that was written. Nothing that the driver remembers is used.
 */
export interface ReadSide {
  readonly chains: Chain[];
  readonly requests: number;
  readonly auditRows: number;
}

interface Listed {
  readonly approvalId: string;
  readonly status: string;
  readonly action: string;
  readonly params: { readonly run: string; readonly declaration: string; readonly submission: number };
  readonly previousRequestId?: string;
  readonly rootRequestId: string;
}

/** What the audit log adds to a request: who completed what. */
interface Told {
  readonly completed: string[];
  readonly approvedBy: string[];
  readonly rejectedBy: string[];
}

const PAGE = 200;

export async function readRun(
  api: Api,
  token: string,
  wanted: {
    readonly run: string;
    readonly actions: readonly string[];
    /** RFC 3339: audit rows from here on. */
    readonly since: string;
    readonly positions: readonly string[];
  },
): Promise<ReadSide> {
  for (const position of wanted.positions) {
    for (const path of ['/api/approvals', '/api/audit'])
      await read(api, token, path, { limit: 1, minPosition: position });
  }
  const listed: Listed[] = [];
  for (const action of wanted.actions) listed.push(...(await readRequests(api, token, action)));
  const ours = listed.filter(({ params }) => params.run === wanted.run);
  const { told, rows } = await readAudit(api, token, wanted.since);
  return { chains: chainsOf(ours, told), requests: ours.length, auditRows: rows };
}

async function readRequests(api: Api, token: string, action: string): Promise<Listed[]> {
  const found: Listed[] = [];
  for (;;) {
    const data = await read(api, token, '/api/approvals', { action, limit: PAGE, offset: found.length });
    found.push(...data.items);
    if (data.items.length === 0 || found.length >= data.total) return found;
  }
}

async function readAudit(
  api: Api,
  token: string,
  since: string,
): Promise<{ told: Map<string, Told>; rows: number }> {
  const told = new Map<string, Told>();
  let rows = 0;
  let cursor: string | undefined;
  do {
    const data = await read(api, token, '/api/audit', { from: since, limit: PAGE, cursor });
    for (const row of data.items) {
      rows++;
      if (row.requestId === null) continue;
      const about = told.get(row.requestId) ?? { completed: [], approvedBy: [], rejectedBy: [] };
      told.set(row.requestId, about);
      if (row.type === 'StageCompleted') about.completed.push(row.detail);
      if (row.type === 'ApprovalGranted') about.approvedBy.push(row.actor);
      if (row.type === 'DenialGiven') about.rejectedBy.push(row.actor);
    }
    // Absent would mean that this reads the answer wrongly; null is the last page.
    if (data.nextCursor === undefined) throw new Error('/api/audit: the page has no nextCursor');
    cursor = data.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { told, rows };
}

/** Brings requests and audit rows into the shape that the log's side has. */
export function chainsOf(listed: readonly Listed[], told: ReadonlyMap<string, Told>): Chain[] {
  const byDeclaration = Map.groupBy(listed, ({ params }) => params.declaration);
  return [...byDeclaration].map(([declaration, requests]) => {
    const inOrder = requests.toSorted((a, b) => a.params.submission - b.params.submission);
    return { declaration, endings: inOrder.map((request) => endingOf(request, inOrder, told)) };
  });
}

function endingOf(request: Listed, chain: readonly Listed[], told: ReadonlyMap<string, Told>): Ending {
  const { completed, approvedBy, rejectedBy } = told.get(request.approvalId) ?? {
    completed: [],
    approvedBy: [],
    rejectedBy: [],
  };
  const stages = request.action.split('.').slice(1);
  return {
    outcome: request.status,
    completed,
    approvedBy,
    rejectedBy: rejectedBy.map((person) => `${person} at ${stages[completed.length] ?? 'no stage'}`),
    repeats: repeatsOf(request, chain),
  };
}

/** The number of the submission it names, in a chain with one root; 0 for a link to anything else. */
function repeatsOf(request: Listed, chain: readonly Listed[]): number | null {
  const root = chain[0]?.approvalId;
  if (request.rootRequestId !== root) return 0;
  if (request.previousRequestId === undefined) return null;
  return 1 + chain.findIndex(({ approvalId }) => approvalId === request.previousRequestId);
}

async function read(
  api: Api,
  token: string,
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked by what is done with them
): Promise<any> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  const reply = await api.send({ path: `${path}?${search}`, token });
  return expectStatus(reply, [200], path).body.data;
}
