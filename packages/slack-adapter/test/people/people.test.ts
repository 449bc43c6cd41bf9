import { loadPolicy, type Policy } from '@countersign/domain';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { clickerOf } from '../../src/people/clicker.ts';
import { createPeople, SlackSilent, slackIdOf } from '../../src/people/people.ts';
import type { Called, SlackUser } from '../../src/web/types.ts';

const POLICY = `
version: 1
people:
  alice: { slack: T1/U1, email: alice@example.com }
  bob: { email: Bob@Example.com, roles: [approver, admin] }
  acme/ann: { slack: T1/U7, roles: [] }
  default/team/x: { slack: E1/W1 }
actions:
  deploy: { approvers: { users: [alice] } }
`;

function policyOf(text: string): Policy {
  const { policy, errors } = loadPolicy({ file: 'policy.yaml', text, schemas: {} });
  if (!policy) throw new Error(JSON.stringify(errors));
  return policy;
}

/** Slack, as far as it says who somebody is. */
function directory(users: Record<string, Partial<SlackUser>>) {
  const asked: string[] = [];
  const slack = {
    asked,
    answer: undefined as Called<{ user: SlackUser }> | undefined,
    teamId: async () => ({ ok: true as const, teamId: 'T1' }),
    async usersInfo(id: string): Promise<Called<{ user: SlackUser }>> {
      asked.push(id);
      if (slack.answer) return slack.answer;
      const user = users[id];
      if (!user) return { ok: false, error: { kind: 'refused', code: 'user_not_found' } };
      const known = { id, teamId: 'T1', name: id, isBot: false, isDeleted: false, isStranger: false };
      return { ok: true, user: { ...known, ...user } };
    },
  };
  return slack;
}

describe('who clicked', () => {
  const world = { now: 0, policy: policyOf(POLICY) };
  const policies = { inForce: () => world.policy };
  const clock = () => world.now;
  const withEmail = (web: ReturnType<typeof directory>) =>
    createPeople({ policies, web, clock, matchEmail: true });

  beforeEach(() => {
    world.now = 1_000_000;
    world.policy = policyOf(POLICY);
  });

  test('is whom the policy links to the user of that team', async () => {
    const web = directory({});
    const people = withEmail(web);
    expect(await people.identify({ team: 'T1', user: 'U1' })).toEqual({
      principal: { sub: 'alice', tenant: 'default', kind: 'human', roles: ['approver'], groups: [] },
      isLinked: true,
    });
    const ann = await people.identify({ team: 'T1', user: 'U7' });
    expect(ann.principal).toEqual({ sub: 'ann', tenant: 'acme', kind: 'human', roles: [], groups: [] });
    const { principal } = await people.identify({ team: 'E1', user: 'W1' });
    expect(principal).toMatchObject({ sub: 'team/x', tenant: 'default' });
    expect(web.asked).toEqual([]);
  });

  test('is nobody where only the user id, or only the team, is the same', async () => {
    const people = createPeople({ policies, web: directory({}), clock, matchEmail: false });
    expect(await people.identify({ team: 'T2', user: 'U1' })).toEqual({
      principal: { sub: 'slack:T2:U1', tenant: 'default', kind: 'human', roles: [], groups: [] },
      isLinked: false,
    });
    expect((await people.identify({ team: 'T1', user: 'U2' })).isLinked).toBe(false);
  });

  test('is found by e-mail address where that is wanted, in any case of its letters', async () => {
    const web = directory({ U2: { email: 'bob@EXAMPLE.com' } });
    const bob = await withEmail(web).identify({ team: 'T1', user: 'U2' });
    expect(bob).toMatchObject({ isLinked: true, principal: { sub: 'bob', roles: ['approver', 'admin'] } });
    const strict = createPeople({ policies, web, clock, matchEmail: false });
    expect((await strict.identify({ team: 'T1', user: 'U2' })).isLinked).toBe(false);
    expect(web.asked).toEqual(['U2']);
  });

  test.each<[string, Partial<SlackUser>]>([
    ['a bot', { isBot: true }],
    ['somebody who has left', { isDeleted: true }],
    ['a stranger', { isStranger: true }],
    ['of another team', { teamId: 'T2' }],
    ['another user than asked for', { id: 'U9' }],
    ['without an address', { email: undefined as unknown as string }],
    ['of an unknown address', { email: 'eve@example.com' }],
    ['with the address of somebody whom the policy knows by Slack id', { email: 'alice@example.com' }],
  ])('is not found by e-mail address: %s', async (_who, user) => {
    const web = directory({ U2: { email: 'bob@example.com', ...user } });
    expect((await withEmail(web).identify({ team: 'T1', user: 'U2' })).isLinked).toBe(false);
  });

  test('is not asked of Slack for a user of another team', async () => {
    const web = directory({ U2: { email: 'bob@example.com', teamId: 'T2' } });
    expect((await withEmail(web).identify({ team: 'T2', user: 'U2' })).isLinked).toBe(false);
    expect(web.asked).toEqual([]);
  });

  test('is asked once for many clicks, again after five minutes, and judged by the policy in force', async () => {
    const web = directory({ U2: { email: 'bob@example.com' } });
    const people = withEmail(web);
    const bob = { team: 'T1', user: 'U2' };
    await Promise.all(Array.from({ length: 20 }, () => people.identify(bob)));
    expect(web.asked).toEqual(['U2']);
    world.now += 299_999;
    expect((await people.identify(bob)).isLinked).toBe(true);
    world.policy = policyOf(POLICY.replace('Bob@Example.com', 'robert@example.com'));
    expect((await people.identify(bob)).isLinked).toBe(false);
    expect(web.asked).toHaveLength(1);
    world.now += 1;
    await people.identify(bob);
    expect(web.asked).toHaveLength(2);
  });

  test('that there is nobody is asked again each time', async () => {
    const web = directory({});
    const people = withEmail(web);
    await people.identify({ team: 'T1', user: 'U3' });
    await people.identify({ team: 'T1', user: 'U3' });
    expect(web.asked).toEqual(['U3', 'U3']);
  });

  test('is forgotten, the oldest first, beyond a thousand', async () => {
    const users = Array.from({ length: 1001 }, (_, n) => [`U${1000 + n}`, { email: 'bob@example.com' }]);
    const web = directory(Object.fromEntries(users));
    const people = withEmail(web);
    for (const [user] of users) await people.identify({ team: 'T1', user: user as string });
    await people.identify({ team: 'T1', user: 'U2000' });
    expect(web.asked).toHaveLength(1001);
    await people.identify({ team: 'T1', user: 'U1000' });
    expect(web.asked).toHaveLength(1002);
  });

  test('is not taken for nobody while Slack does not say', async () => {
    const web = directory({ U2: { email: 'bob@example.com' } });
    const people = withEmail(web);
    web.answer = { ok: false, error: { kind: 'rate_limited', retryAfterSec: 1 } };
    await expect(people.identify({ team: 'T1', user: 'U2' })).rejects.toThrow(SlackSilent);
    web.answer = undefined;
    expect((await people.identify({ team: 'T1', user: 'U2' })).isLinked).toBe(true);
  });

  test('has a user id in one workspace only', () => {
    expect(slackIdOf(world.policy, 'alice', 'T1')).toBe('U1');
    expect(slackIdOf(world.policy, 'alice', 'T2')).toBeUndefined();
    expect(slackIdOf(world.policy, 'bob', 'T1')).toBeUndefined();
    expect(slackIdOf(world.policy, 'nobody', 'T1')).toBeUndefined();
  });
});

describe('who a payload says clicked', () => {
  test("the user's own team counts, not the one it was clicked in", () => {
    expect(clickerOf({ team: { id: 'T1' }, user: { id: 'U1', team_id: 'T2' } })).toEqual({
      team: 'T2',
      user: 'U1',
    });
    expect(clickerOf({ team: { id: 'T1' }, user: { id: 'U1' } })).toEqual({ team: 'T1', user: 'U1' });
    expect(clickerOf({ team: null, user: { id: 'W1', team_id: 'E1' } })).toEqual({ team: 'E1', user: 'W1' });
  });

  test.each([
    {},
    { team: null, user: { id: 'U1' } },
    { team: { id: 'T1' } },
    { team: { id: 'T1' }, user: { id: 'alice' } },
    { team: { id: 'T1' }, user: { id: 'U1/U2' } },
    { team: { id: 'T1:U1' }, user: { id: 'U1' } },
    { team: { id: 7 }, user: { id: 'U1' } },
  ])('%j says nobody', (body) => {
    expect(clickerOf(body)).toBeNull();
  });
});
