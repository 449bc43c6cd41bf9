import { loadPolicy } from '@countersign/domain';
import type { SimulatedUser, Simulator } from '@countersign/slack-simulator';
import type { Logger } from 'pino';
import { CliError } from '../cli-error.ts';
import type { Config } from '../config/config.ts';
import { readPolicyBundle } from '../policy/bundle.ts';
import { keepRemains, readRemains, remainsFile } from './simulator-remains.ts';

const TEAM = 'T0SIM';
/** Somebody of whom the policy knows nothing, to see what a click of theirs comes to. */
const GUEST: SimulatedUser = { id: 'U0GUEST', name: 'guest', email: 'guest@example.com' };

/**
 * A workspace with the people of the policy file, for a development server. It goes on where the last one ended, and
 * what it holds is kept until it is stopped.
 */
export async function startSimulatedSlack(config: Config, logger: Logger): Promise<Simulator> {
  const { startSimulator, toRemains } = await import('@countersign/slack-simulator');
  const { teamId, users } = await workspaceOf(config.policyPath);
  const file = remainsFile(config.store);
  const remains = file === null ? undefined : readRemains(file, toRemains, logger);
  const base = { teamId, users: withGuest(users), appName: 'Countersign' };
  const simulator = await onSomePort(config, (port) =>
    startSimulator({ ...base, port, ...(remains && { remains }) }),
  );
  if (file === null) return simulator;
  const endKeeping = keepRemains(simulator, file, logger);
  return {
    ...simulator,
    stop() {
      endKeeping();
      return simulator.stop();
    },
  };
}

/** @throws CliError where the port that was asked for is taken */
async function onSomePort(
  { simulatorPort, port }: Config,
  start: (port: number) => Promise<Simulator>,
): Promise<Simulator> {
  if (simulatorPort === port && port !== 0) {
    throw new CliError(`SIMULATOR_PORT=${simulatorPort} is PORT too; choose another one`);
  }
  try {
    return await start(simulatorPort ?? (port === 0 || port === 65_535 ? 0 : port + 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (simulatorPort === undefined) return start(0);
    throw new CliError(`SIMULATOR_PORT=${simulatorPort} is in use by another program; choose another one`);
  }
}

/** Unless the policy knows somebody of the guest's id. */
function withGuest(users: readonly SimulatedUser[]): readonly SimulatedUser[] {
  return users.some(({ id }) => id === GUEST.id) ? users : [...users, GUEST];
}

/** Slack ids in a policy are `team/user`: the simulated team is the first that the policy names. */
async function workspaceOf(
  policyPath: string,
): Promise<{ readonly teamId: string; readonly users: readonly SimulatedUser[] }> {
  const { policy } = loadPolicy(await readPolicyBundle(policyPath));
  const linked = [...(policy?.people.values() ?? [])].flatMap(({ person, slack, email }) => {
    const [team, id] = slack?.split('/') ?? [];
    return team === undefined || id === undefined
      ? []
      : [{ team, id, name: person, ...(email !== undefined && { email }) }];
  });
  const teamId = linked[0]?.team ?? TEAM;
  return {
    teamId,
    users: linked.filter(({ team }) => team === teamId).map(({ team: _, ...user }) => user),
  };
}
