import { afterEach, describe, expect, test } from '@jest/globals';
import { made, openWorld, type World } from '../world.ts';

const POLICY = `
version: 1
groups: { sre: [bob, carol] }
defaults: { slack: { channel: "#approvals" } }
actions:
  deploy: { approvers: { groups: [sre] }, slack: { channel: "#deploys" } }
  backup: { approvers: { groups: [sre] } }
  "report.*": { autoApprove: true }
`;

let world: World;
afterEach(() => world.close());

const open = async (slack?: boolean, policy = POLICY) => {
  world = await openWorld({ policy, ...(slack !== undefined && { slack }) });
};
const slackOf = async (action: string) => made(await world.ask({ action })).approval.request.slack;

describe('the channel of a request', () => {
  test('is the one that the policy names for its action, or for all', async () => {
    await open(true);
    expect(await slackOf('deploy')).toEqual({ channel: '#deploys' });
    expect(await slackOf('backup')).toEqual({ channel: '#approvals' });
  });

  test('is frozen into its first event, whatever the policy says later', async () => {
    await open(true);
    const { approval } = made(await world.ask());
    const moved = POLICY.replace('#deploys', '#elsewhere');
    await world.policies.activate({ file: 'policy.yaml', text: moved, schemas: {} }, 'test', 'route');
    const [first] = await world.stream(`approval-${approval.request.requestId}`);
    expect(first?.metadata).toContain('"schemaVersion":2');
    expect(JSON.parse(first?.data ?? '')).toMatchObject({ slack: { channel: '#deploys' } });
    expect((await world.ledger.load(approval.request.requestId))?.approval.request.slack).toEqual({
      channel: '#deploys',
    });
  });

  test('is absent where nobody is asked, and where the policy names none', async () => {
    await open(true);
    expect(await slackOf('report.daily')).toBeUndefined();
    await world.close();
    await open(true, POLICY.replace(/^defaults.*$/m, ''));
    expect(await slackOf('backup')).toBeUndefined();
  });

  test.each([[false], [undefined]])('is absent in a ledger without Slack (%p)', async (slack) => {
    await open(slack);
    expect(await slackOf('deploy')).toBeUndefined();
  });
});
