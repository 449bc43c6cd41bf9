import { join } from 'node:path';
import { StoreError } from '@countersign/event-store';
import { createProgress } from './read/progress.ts';
import { createReader, type SwitchableReader } from './read/reader.ts';
import { logToStderr } from './runtime/log.ts';
import { lagSeconds } from './runtime/slot.ts';
import type { ProjectionStatus } from './runtime/status.ts';
import { removeView } from './runtime/view-file.ts';
import type { Host, HostEvents } from './thread/host.ts';
import { runHere } from './thread/in-thread.ts';
import { runInWorker } from './thread/in-worker.ts';
import type { ProjectionName, Projections, ProjectionsHealth, ProjectionsOptions } from './types.ts';
import { PROJECTIONS } from './views/all.ts';
import { auditQueries } from './views/audit/queries.ts';
import { closingQueries } from './views/closings/queries.ts';
import { deadlineQueries } from './views/deadlines/queries.ts';
import { metricQueries } from './views/metrics/queries.ts';
import { requestQueries } from './views/requests/queries.ts';
import { slackQueries } from './views/slack/queries.ts';
import { statisticQueries } from './views/statistics/queries.ts';

const IN_MEMORY = 'sqlite::memory:';

/**
 * Starts to keep the views. Resolves at once, whatever the size of the ledger: `ready` tells when they can be read.
 * Nothing is ever written to the ledger.
 * @throws StoreError `refused` for a ledger in memory without its store
 */
export async function startProjections(options: ProjectionsOptions): Promise<Projections> {
  const { storeUrl, store, dataDir, log = logToStderr, maxRestarts = 5 } = options;
  if (storeUrl === IN_MEMORY && !store) {
    throw new StoreError('refused', `${IN_MEMORY} is seen by its own store only: give it as \`store\``);
  }
  const views = openReaders();
  const progress = createProgress((error) =>
    log('error', 'a listener of the projections failed', { error: String(error) }),
  );
  let down: { reason: string; final: boolean } | undefined;

  const events: HostEvents = {
    log,
    onStatus(statuses) {
      down = undefined;
      progress.update(statuses);
    },
    onActivated(name, file, old) {
      views[name as ProjectionName].switchTo(file);
      if (old && old !== file) removeView(old);
      progress.announce(name as ProjectionName);
    },
    onGone: (name) => views[name as ProjectionName].close(),
    onDown(reason, final) {
      progress.update(progress.statuses.map((status) => ({ ...status, state: 'stopped' as const })));
      down = { reason, final };
    },
  };
  const folder = join(dataDir, 'views');
  const setup = { storeUrl, store, folder, maxRestarts, events };
  const host: Host = storeUrl === IN_MEMORY && store ? runHere(setup, store) : runInWorker(setup);

  const positionOf = (name: ProjectionName): string =>
    progress.statuses.find((status) => status.name === name)?.position ?? '';
  const isReady = (): boolean =>
    progress.statuses.length === PROJECTIONS.length &&
    progress.statuses.every(({ state, readable }) => state === 'running' && readable);

  return {
    requests: requestQueries(views.requests),
    audit: auditQueries(views.audit),
    statistics: statisticQueries(views.statistics),
    metrics: metricQueries(views.metrics),
    deadlines: deadlineQueries(views.deadlines),
    slack: slackQueries(views.slack),
    closings: closingQueries(views.closings),
    status: () => aged(progress.statuses),
    health: () => judge(progress.statuses, down, host.restarts),
    ready: (timeoutMs) => progress.until(isReady, timeoutMs),
    waitFor: (name, position, timeoutMs) =>
      progress.until(() => views[name].readable && positionOf(name) >= position, timeoutMs),
    onAdvanced: progress.onAdvanced,
    rebuild: (name) => host.rebuild(name),
    resume: (name) => host.resume(name),
    async close() {
      await host.stop();
      progress.end();
      for (const view of Object.values(views)) view.close();
    },
  };
}

/** Time passes also while no news comes from the worker. */
function aged(statuses: readonly ProjectionStatus[]): ProjectionStatus[] {
  const now = Date.now();
  return statuses.map((status) => ({ ...status, lagSeconds: lagSeconds(status.pendingSince, now) }));
}

function openReaders(): Record<ProjectionName, SwitchableReader> {
  const names: ProjectionName[] = [
    'requests',
    'audit',
    'statistics',
    'metrics',
    'deadlines',
    'slack',
    'closings',
  ];
  return Object.fromEntries(names.map((name) => [name, createReader(name)])) as Record<
    ProjectionName,
    SwitchableReader
  >;
}

function judge(
  statuses: readonly ProjectionStatus[],
  down: { reason: string; final: boolean } | undefined,
  restarts: number,
): ProjectionsHealth {
  if (down) {
    const detail = `the worker died: ${down.reason}; ${down.final ? 'it died too often and is not started again' : 'it is being started again'}`;
    return { status: down.final ? 'error' : 'degraded', detail, restarts };
  }
  const amiss = statuses.filter(({ state }) => state !== 'running');
  if (amiss.length === 0 && statuses.length > 0) return { status: 'ok', restarts };
  const detail = amiss
    .map(({ name, state, lastError }) => `${name} ${state}${lastError ? ` (${lastError.message})` : ''}`)
    .join('; ');
  const dead =
    statuses.length > 0 && statuses.every(({ state }) => state === 'failed' || state === 'stopped');
  return { status: dead ? 'error' : 'degraded', detail: detail || 'starting', restarts };
}
