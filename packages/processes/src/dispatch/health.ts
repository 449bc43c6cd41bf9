import type { Clock } from '@countersign/application';
import type { Connector, ConnectorHealth } from '@countersign/domain';
import { call } from './call.ts';
import type { CheckedLimits } from './limits.ts';
import type { DispatcherHealth } from './types.ts';

const FRESH_MS = 30_000;
/** Whoever asks for health asks often, and does not wait long. */
const MAX_WAIT_MS = 3000;

/** Asks all connectors at once, and keeps their answers for a while. */
export function createHealth(
  connectors: readonly Connector[],
  clock: Clock,
  { callTimeoutMs, graceMs }: Pick<CheckedLimits, 'callTimeoutMs' | 'graceMs'>,
): () => Promise<DispatcherHealth> {
  const limits = { callTimeoutMs: Math.min(callTimeoutMs, MAX_WAIT_MS), graceMs };
  let kept: { readonly at: number; readonly health: Promise<DispatcherHealth> } | undefined;

  async function ask(connector: Connector): Promise<ConnectorHealth> {
    const called = await call((signal) => connector.health(signal), limits);
    switch (called.came) {
      case 'answer':
        return called.answer;
      case 'exception':
        return { status: 'error', detail: called.error.message };
      case 'nothing':
        return { status: 'error', detail: `no answer within ${limits.callTimeoutMs} ms` };
    }
  }

  async function askAll(): Promise<DispatcherHealth> {
    const asked = connectors.map(async (connector) => [connector.name, await ask(connector)] as const);
    const told = await Promise.all(asked);
    const amiss = told.filter(([, { status }]) => status === 'error');
    const all = Object.fromEntries(told);
    if (amiss.length === 0) return { status: 'ok', connectors: all };
    const detail = amiss.map(([name, { detail: why = 'in trouble' }]) => `${name}: ${why}`).join('; ');
    return { status: 'degraded', detail, connectors: all };
  }

  return () => {
    const now = clock();
    if (!kept || now - kept.at >= FRESH_MS) kept = { at: now, health: askAll() };
    return kept.health;
  };
}
