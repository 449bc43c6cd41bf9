import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pino from 'pino';
import { CliError } from '../../src/cli-error.ts';
import { readConfig } from '../../src/config/config.ts';
import { startSimulatedSlack } from '../../src/serve/simulator.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-simulator-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** As a server with these people in its policy would start it. */
async function start(people: string, env: Record<string, string> = {}) {
  const path = join(folder, 'policy.yaml');
  const text = `version: 1\npeople: ${people}\nactions: { deploy: { approvers: { users: [bob] } } }\n`;
  await writeFile(path, text);
  const config = readConfig({
    ...{ POLICY_PATH: path, STORE: 'sqlite::memory:', PORT: '0', SIMULATOR_PORT: '0' },
    ...env,
  });
  return startSimulatedSlack(config, pino({ level: 'silent' }));
}

test('a policy may link somebody to the id that else the guest has', async () => {
  const simulator = await start('{ bob: { slack: T0SIM/U0GUEST } }');
  try {
    const answer = await fetch(`${simulator.url}/page/people`);
    const { users } = (await answer.json()) as { users: { id: string; name: string }[] };
    expect(users.filter(({ id }) => id === 'U0GUEST')).toMatchObject([{ name: 'bob' }]);
  } finally {
    await simulator.stop();
  }
});

test('its port cannot be the one of the server', async () => {
  const started = start('{}', { PORT: '18123', SIMULATOR_PORT: '18123' });
  await expect(started).rejects.toThrow(CliError);
  await expect(started).rejects.toThrow('SIMULATOR_PORT=18123 is PORT too; choose another one');
});

test('a port that is taken is told, where it was asked for', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const port = String((other.address() as AddressInfo).port);
  try {
    const started = start('{}', { SIMULATOR_PORT: port });
    await expect(started).rejects.toThrow(`SIMULATOR_PORT=${port} is in use by another program`);
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
});
