import { CliError } from '../cli-error.ts';
import { getProjections, startRebuild } from '../client/api.ts';
import { type ConnectOptions, connectAsAdmin } from '../client/connect.ts';
import type { Http } from '../client/http.ts';
import { pause } from '../client/retry.ts';
import type { ProjectionStatus } from '../client/wire.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptible } from '../interrupt.ts';
import { type Format, present } from '../output/format.ts';
import type { Io } from '../output/io.ts';
import { facts, table } from '../output/table.ts';

export interface ProjectionOptions extends ConnectOptions {
  readonly output: Format;
}

/** `countersign projections list`. */
export async function listProjections(io: Io, options: ProjectionOptions): Promise<number> {
  const all = await getProjections(connectAsAdmin(options, io.env));
  present(io, options.output, all, () =>
    table(
      ['VIEW', 'STATE', 'READABLE', 'EVENTS', 'LAG', 'POSITION'],
      all.map((view) => [
        view.name,
        stateText(view),
        view.readable ? 'yes' : 'no',
        String(view.handled),
        `${view.lagEvents} events, ${view.lagSeconds.toFixed(1)} s`,
        view.position,
      ]),
    ),
  );
  return EXIT.ok;
}

/** `countersign projections status`: exit code 1 when the view has failed. */
export async function projectionStatus(io: Io, name: string, options: ProjectionOptions): Promise<number> {
  const view = await find(connectAsAdmin(options, io.env), name);
  present(io, options.output, view, () => describe(view));
  return view.state === 'failed' ? EXIT.error : EXIT.ok;
}

/** `countersign projections rebuild`: begins it and shows how far it is until the new view is in force. */
export async function rebuildProjection(
  io: Io,
  name: string,
  options: ProjectionOptions & { readonly wait: boolean },
): Promise<number> {
  const http = connectAsAdmin(options, io.env);
  await find(http, name);
  await startRebuild(http, name);
  const view = options.wait ? await untilRebuilt(io, http, name) : await find(http, name);
  present(io, options.output, view, () => describe(view));
  return EXIT.ok;
}

const LOOK_MS = 250;

async function untilRebuilt(io: Io, http: Http, name: string): Promise<ProjectionStatus> {
  const { signal, release } = interruptible(() => 'interrupted; the server goes on building');
  try {
    for (let told = 0; ; ) {
      const view = await find(http, name);
      if (view.state === 'failed')
        throw new CliError(`${name} failed: ${view.lastError?.message ?? 'no reason given'}`);
      if (!view.rebuild && view.state !== 'rebuilding') return view;
      if (Date.now() - told >= 1000) {
        io.say(stateText(view));
        told = Date.now();
      }
      await pause(LOOK_MS, signal);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    release();
  }
}

async function find(http: Http, name: string): Promise<ProjectionStatus> {
  const all = await getProjections(http);
  const view = all.find((one) => one.name === name);
  if (view) return view;
  const names = all.map((one) => one.name).join(', ');
  throw new CliError(`there is no view called ${name}; there are ${names}`, EXIT.usage);
}

function stateText({ state, rebuild }: ProjectionStatus): string {
  if (!rebuild) return state;
  const { percent, etaSeconds, eventsPerSecond, handled } = rebuild;
  const far = percent === undefined ? `${handled} events` : `${percent.toFixed(0)} %`;
  const left = etaSeconds === undefined ? '' : `, ${Math.ceil(etaSeconds)} s to go`;
  return `rebuilding: ${far}, ${Math.round(eventsPerSecond)} events/s${left}`;
}

function describe(view: ProjectionStatus): string {
  return facts([
    ['view', `${view.name} (version ${view.version})`],
    ['state', stateText(view)],
    ['readable', view.readable ? 'yes' : 'not yet'],
    ['position', view.position],
    ['events', String(view.handled)],
    ['lag', `${view.lagEvents} events, ${view.lagSeconds.toFixed(1)} s`],
    ['last error', view.lastError?.message],
  ]);
}
