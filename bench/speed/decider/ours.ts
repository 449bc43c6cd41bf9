import { join } from 'node:path';
import {
  type Answer,
  createLedger,
  createPolicyRegister,
  openSqliteRequestKeys,
  systemClock,
} from '@countersign/application';
import { openSqliteStore } from '@countersign/event-store';
import { closedLoop } from '../../harness/closed-loop.ts';
import { answerAs } from '../../harness/side.ts';
import { makeTempDir } from '../../harness/temp.ts';
import { ACTION, APPROVERS, JUSTIFICATION, PARAMS, POLICY_TEXT, REQUESTER } from './workload.ts';

/** The product: `Ledger` on the SQLite store. `cached` keeps folded states in memory, as the server does. */
const dir = makeTempDir('ledger');
const store = await openSqliteStore(join(dir.path, 'ledger.db'));
const keys = openSqliteRequestKeys(join(dir.path, 'ledger.db.keys'));
const policies = createPolicyRegister({ store, clock: systemClock });
await policies.activate({ file: 'policy.yaml', text: POLICY_TEXT, schemas: {} }, 'bench', 'start');

const ledgerWith = (cachedStates: number) =>
  createLedger({
    store,
    policies,
    keys,
    clock: systemClock,
    overrideLimits: { maxKeys: 20, maxChars: 4000 },
    cachedStates,
  });
const ledgers = { cached: ledgerWith(10_000), loading: ledgerWith(0) };

function client(ledger: (typeof ledgers)['cached']): () => Promise<void> {
  let step = 0;
  let requestId = '';
  return async () => {
    if (step === 0) {
      const ask = { action: ACTION, params: PARAMS, justification: JUSTIFICATION, channel: 'guard' } as const;
      const answer = mustHaveChanged(
        await ledger.request(ask, { principal: REQUESTER, via: 'api', correlationId: 'bench' }),
      );
      requestId = answer.approval.request.requestId;
    } else {
      const principal = APPROVERS[step - 1];
      if (!principal) throw new Error('no such approver');
      mustHaveChanged(
        await ledger.execute(
          { type: 'Decide', requestId, status: 'approved' },
          { principal, via: 'api', correlationId: 'bench' },
        ),
      );
    }
    step = (step + 1) % 3;
  };
}

function mustHaveChanged(answer: Answer) {
  if (answer.ok && answer.changed) return answer;
  throw new Error(answer.ok ? 'nothing changed' : answer.refusal.detail);
}

answerAs({
  run: ({ clients, seconds, how }: { clients: number; seconds: number; how: keyof typeof ledgers }) =>
    closedLoop(clients, seconds, () => client(ledgers[how])),
  async close() {
    await store.close();
    await keys.close();
    dir.remove();
  },
});
