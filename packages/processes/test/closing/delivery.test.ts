import type { Approval } from '@countersign/domain';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type GitHub, startGitHub } from './github.ts';
import { asked, calledOf, decide, decided, stands, startWorld, told, typesOf, until } from './world.ts';

const githubs: GitHub[] = [];
afterEach(async () => {
  for (const github of githubs.splice(0)) await github.close();
});

describe('a callback', () => {
  test('tells of the decision as soon as there is one, so that the reference library accepts it', async () => {
    const world = await startWorld();
    const one = await world.add({ start: true });
    const state = { job: 7 };
    const id = await asked(world, one, { state, externalId: 'run-7' });
    await decide(one, id, 'approved', 'go');
    await stands(one, id, 'succeeded');
    const { approval } = (await one.ledger.load(id)) as { approval: Approval };
    const [delivery, ...more] = world.receiver.deliveries;
    expect([more, world.receiver.refused]).toEqual([[], []]);
    const { at } = approval.decision ?? { at: '' };
    expect(delivery?.body).toEqual({
      type: 'approval.decided',
      timestamp: at,
      data: {
        requestId: id,
        externalId: 'run-7',
        action: 'deploy',
        status: 'approved',
        decision: { outcome: 'approved', by: 'bob', at },
        approvers: [{ sub: 'bob', at, stage: expect.any(String), via: 'api' }],
        params: { service: 'shop' },
        paramsHash: approval.paramsHash,
        policyHash: approval.request.policyHash,
        state,
      },
    });
    const [started, succeeded] = await told(one, id);
    expect(started?.data).toMatchObject({ call: 'callback', try: 1, idempotencyKey: delivery?.id });
    expect(succeeded?.data).toMatchObject({ result: { status: 202, id: 'received' }, reconciled: false });
    expect(await calledOf(one, 1)).toMatchObject([
      {
        requestId: id,
        call: 'callback',
        connector: 'webhook',
        operation: 'post',
        outcome: 'succeeded',
        try: 1,
      },
    ]);
    await until(() => one.projections?.closings.depth() === 0);
    expect(one.broken).toEqual([]);
  });

  test('tells of every end: denial, cancelling, expiry, and what needs nobody', async () => {
    const world = await startWorld();
    const one = await world.add({ start: true });
    const denied = await asked(world, one);
    await decide(one, denied, 'denied');
    const cancelled = await asked(world, one);
    const ci = { sub: 'ci', tenant: 'default', kind: 'machine', roles: ['requester'], groups: [] } as const;
    const context = { principal: ci, via: 'api', correlationId: 'c' } as const;
    await one.ledger.execute({ type: 'CancelRequest', requestId: cancelled }, context);
    const expired = await asked(world, one);
    const automatic = await asked(world, one, { action: 'report.daily' });
    await until(() => world.receiver.effects.length === 3);
    world.advance(3_600_000);
    await one.ledger.tick({ type: 'ExpireRequest', requestId: expired });
    await until(() => world.receiver.effects.length === 4);
    const statuses = world.receiver.effects.map(({ body }) => [body.data.requestId, body.data.status]);
    expect(Object.fromEntries(statuses)).toEqual({
      [denied]: 'denied',
      [cancelled]: 'cancelled',
      [expired]: 'expired',
      [automatic]: 'approved',
    });
  });

  test('is not made before, nor where nobody asked for one', async () => {
    const world = await startWorld();
    const one = await world.add({ start: true });
    const open = await asked(world, one);
    const quiet = await asked(world, one, { callbackUrl: undefined });
    await decide(one, quiet);
    const last = await decided(world, one);
    await stands(one, last, 'succeeded');
    expect([await told(one, open), await told(one, quiet)]).toEqual([[], []]);
    expect(world.receiver.deliveries.length).toBe(1);
  });

  test('holds nothing personal, nor anything to open it with', async () => {
    const world = await startWorld();
    const one = await world.add({ start: true });
    const params = { customer: 'Ada Lovelace', password: 'hunter2hunter2', size: 3 };
    const id = await decided(world, one, { action: 'private', params });
    await stands(one, id, 'succeeded');
    const hmac = { $hmac: expect.stringMatching(/^hmac-sha256:/) };
    const [delivery] = world.receiver.deliveries;
    expect(delivery?.body.data.params).toEqual({ customer: hmac, password: hmac, size: 3 });
    expect(JSON.stringify(await told(one, id))).not.toMatch(/Ada|hunter2/);
  });

  test('was decided while nobody was there', async () => {
    const world = await startWorld();
    const id = await decided(world, await world.add());
    const two = await world.add({ start: true });
    await stands(two, id, 'succeeded');
    expect(world.receiver.effects.length).toBe(1);
  });
});

describe('a deployment protection rule of GitHub', () => {
  const input = { owner: 'acme', repo: 'shop', runId: 7, environment: 'production' };
  const closing = { connector: 'github', operation: 'review-deployment', input };

  async function start(...environments: string[]) {
    const world = await startWorld({ frozen: true });
    const github = await startGitHub(...environments);
    githubs.push(github);
    const settings = {
      webhook: world.webhook,
      github: { apiUrl: github.url, auth: { token: github.token } },
    };
    return { world, github, one: await world.add({ start: true, settings }) };
  }

  test('is answered by the decision, beside a callback', async () => {
    const { world, github, one } = await start('production');
    const id = await asked(world, one, { closing });
    await decide(one, id, 'denied', 'not on a Friday');
    await stands(one, id, 'succeeded', 1, 'closing');
    await stands(one, id, 'succeeded');
    const [review] = github.reviews;
    expect(review).toMatchObject({ environment_name: 'production', state: 'rejected' });
    expect(review?.comment).toMatch(/^Rejected by bob: not on a Friday\n/);
    expect(
      (await calledOf(one, 2)).map(({ connector, outcome }) => `${connector} ${outcome}`).toSorted(),
    ).toEqual(['github succeeded', 'webhook succeeded']);
  });

  test('whose answer was lost is asked, not told again', async () => {
    const { world, github, one } = await start('production');
    github.loseNext();
    const id = await decided(world, one, { callbackUrl: undefined, closing });
    await stands(one, id, 'retrying', 1, 'closing');
    world.advance(10_000);
    await stands(one, id, 'succeeded', 2, 'closing');
    expect(github.reviews.length).toBe(1);
    const [, lost, , found] = await told(one, id);
    expect(lost?.data).toMatchObject({ outcomeUnknown: true });
    expect(found).toMatchObject({ type: 'ClosingSucceeded', data: { reconciled: true } });
  });

  test('that waits no more, for whatever reason, is left alone', async () => {
    const { world, github, one } = await start();
    const id = await decided(world, one, { callbackUrl: undefined, closing });
    await stands(one, id, 'given_up', 1, 'closing');
    expect(await typesOf(one, id)).toEqual(['Started', 'Failed']);
    expect(github.reviews).toEqual([]);
    expect(world.receiver.deliveries).toEqual([]);
  });

  test('waits until somebody has the credentials', async () => {
    const world = await startWorld({ frozen: true });
    const github = await startGitHub('production');
    githubs.push(github);
    const bare = await world.add({ start: true });
    const id = await decided(world, bare, { callbackUrl: undefined, closing });
    await stands(bare, id, 'retrying', 1, 'closing');
    expect((await told(bare, id))[1]?.data).toMatchObject({
      error: expect.stringContaining('not configured'),
    });
    await bare.caller?.stop();
    const auth = { token: github.token };
    const two = await world.add({ start: true, settings: { github: { apiUrl: github.url, auth } } });
    world.advance(10_000);
    await stands(two, id, 'succeeded', 2, 'closing');
    expect(github.reviews).toMatchObject([{ state: 'approved' }]);
  });
});
