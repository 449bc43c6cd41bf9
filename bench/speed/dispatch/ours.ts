import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  createLedger,
  createPolicyRegister,
  newId,
  openSqliteRequestKeys,
  systemClock,
} from '@countersign/application';
import { createNoopConnector } from '@countersign/connectors';
import { checksBy, type Principal } from '@countersign/domain';
import { openSqliteStore } from '@countersign/event-store';
import { createDispatcher } from '@countersign/processes';
import { closedLoop } from '../../harness/closed-loop.ts';
import { answerAs } from '../../harness/side.ts';
import { makeTempDir } from '../../harness/temp.ts';

/** The dispatcher on the SQLite store, with a connector that does nothing; and, beside it, bare appends to that store. */

const POLICY = JSON.stringify({
  version: 1,
  actions: {
    'nothing.done': {
      autoApprove: true,
      dispatch: 'manual',
      plan: [{ connector: 'noop', operation: 'noop', input: { text: '{{payload.text}}' } }],
    },
  },
});
const PIPELINE: Principal = {
  sub: 'ci',
  tenant: 'default',
  kind: 'machine',
  roles: ['requester'],
  groups: [],
};
const ADMIN: Principal = { sub: 'olga', tenant: 'default', kind: 'human', roles: ['admin'], groups: [] };

const dir = makeTempDir('dispatch');
const store = await openSqliteStore(join(dir.path, 'ledger.db'));
const keys = openSqliteRequestKeys(join(dir.path, 'ledger.db.keys'));
const policies = createPolicyRegister({ store, clock: systemClock });
await policies.activate({ file: 'policy.yaml', text: POLICY, schemas: {} }, 'bench', 'start');
const connectors = [createNoopConnector({ name: 'noop', delayMs: 0 })];
const ledger = createLedger({
  ...{ store, policies, keys },
  clock: systemClock,
  overrideLimits: { maxKeys: 20, maxChars: 4000 },
  plans: checksBy(connectors),
});
const dispatcher = createDispatcher({
  ...{ ledger, connectors },
  clock: systemClock,
  // Nothing comes due here: every dispatch is asked for.
  projections: { deadlines: { due: () => [], nextDueAt: () => null }, onAdvanced: () => () => undefined },
  instance: newId(),
  limits: {
    ...{ leaseMs: 60_000, callTimeoutMs: 10_000, maxTries: 1, retryMs: 1000, maxRetryMs: 1000 },
    ...{ maxConcurrent: 256, waitMs: 10_000 },
  },
});

const waiting: string[] = [];

/** Requests that are approved and not dispatched. */
async function prepare({ count }: { count: number }): Promise<void> {
  const ask = { action: 'nothing.done', params: { text: 'flowers' }, channel: 'gate' } as const;
  for (let left = count; left > 0; left -= 64) {
    const made = Array.from({ length: Math.min(64, left) }, async () => {
      const answer = await ledger.request(ask, { principal: PIPELINE, via: 'api', correlationId: 'bench' });
      if (!answer.ok) throw new Error(answer.refusal.detail);
      return answer.approval.request.requestId;
    });
    waiting.push(...(await Promise.all(made)));
  }
}

async function dispatchOne(): Promise<void> {
  const requestId = waiting.pop();
  if (requestId === undefined) throw new Error('too few requests were prepared');
  const answer = await dispatcher.dispatch(requestId, {
    principal: ADMIN,
    via: 'api',
    correlationId: 'bench',
  });
  if (answer.ok && answer.approval.dispatch?.dispatchedAt) return;
  throw new Error(answer.ok ? 'was not dispatched in time' : answer.refusal.detail);
}

/** What a dispatch of one step writes, and waits for, one after the other: claim, step begun, step done. */
async function appendThree(): Promise<void> {
  const stream = `bare-${randomUUID()}`;
  const data = JSON.stringify({ text: 'x'.repeat(300) });
  for (let revision = 0; revision < 3; revision++) {
    const event = { id: randomUUID(), type: 'Bare', data, metadata: '{}' };
    await store.append(stream, revision === 0 ? 'no_stream' : revision - 1, [event]);
  }
}

interface Run {
  readonly clients: number;
  readonly seconds: number;
}

answerAs({
  prepare,
  dispatch: ({ clients, seconds }: Run) => closedLoop(clients, seconds, () => dispatchOne),
  bare: ({ clients, seconds }: Run) => closedLoop(clients, seconds, () => appendThree),
  async close() {
    await dispatcher.stop();
    await store.close();
    keys.close();
    dir.remove();
  },
});
