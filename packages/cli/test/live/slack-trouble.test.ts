import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyPolicy, post, removeDir, type Server, serve, tempDir, until } from './support.ts';

let server: Server;
const dir = tempDir();

beforeAll(async () => {
  const policy = copyPolicy(dir);
  writeFileSync(policy, readFileSync(policy, 'utf8').replace('"#approvals"', 'C0MISSPELT'));
  server = await serve(dir, { SIMULATOR_PORT: '0', POLICY_PATH: policy });
});
afterAll(async () => {
  await server.stop();
  removeDir(dir);
});

test('a channel that Slack does not have is named in the log', async () => {
  await post(server, 'ci', '/api/guard/request', {
    action: 'environment.create',
    params: { name: 'qa', region: 'eu', owner: 'alice' },
  });
  await until(() => server.text.out.includes('slack.degraded'));
  const line = server.text.out.split('\n').find((one) => one.includes('slack.degraded')) ?? '';
  expect(JSON.parse(line)).toMatchObject({ level: 'error', detail: 'C0MISSPELT: channel_not_found' });
});
