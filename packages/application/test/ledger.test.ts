import { decodeMetadata, statusOf } from '@countersign/domain';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { as, ci, codeOf, human, made, openWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const idOf = (answer: Awaited<ReturnType<World['ask']>>) => made(answer).approval.request.requestId;

describe('a request from first to last', () => {
  test('is asked, approved by two, and every step stands in its stream', async () => {
    const id = idOf(await world.ask());
    expect(made(await world.approve(id, 'bob'))).toMatchObject({ changed: true, revision: 1 });
    const done = made(await world.approve(id, 'carol'));
    expect(statusOf(done.approval)).toBe('approved');
    const events = await world.stream(`approval-${id}`);
    expect(events.map((event) => event.type)).toEqual([
      'ApprovalRequested',
      'ApprovalGranted',
      'ApprovalGranted',
      'StageCompleted',
      'RequestApproved',
    ]);
    expect(done.position).toBe(events.at(-1)?.position);
    expect(events.map((event) => decodeMetadata(event).correlationId)).toEqual(Array(5).fill('test'));
  });

  test('the deadlines of the policy stand in its first event', async () => {
    const { request } = made(await world.ask()).approval;
    expect(request.expiresAt).toBe('2026-01-01T11:00:00.000Z');
    expect(request.escalations).toEqual([{ rung: 0, at: '2026-01-01T10:50:00.000Z', notify: [] }]);
  });

  test('a repeated vote changes nothing', async () => {
    const id = idOf(await world.ask());
    await world.approve(id, 'bob');
    expect(made(await world.approve(id, 'bob'))).toMatchObject({ changed: false, revision: 1 });
  });

  test('an action that needs nobody is approved at once', async () => {
    expect(statusOf(made(await world.ask({ action: 'report.daily' })).approval)).toBe('approved');
  });

  test('an unknown action, and an id that is none, are refused and leave nothing', async () => {
    const head = await world.store.head();
    expect(codeOf(await world.ask({ action: 'launch' }))).toBe('unknown_action');
    expect(codeOf(await world.approve('../policy', 'bob'))).toBe('not_found');
    expect(codeOf(await world.approve('019b0000-0000-7000-8000-000000000001', 'bob'))).toBe('not_found');
    expect(await world.store.head()).toBe(head);
  });

  test('callbacks go only where the policy lets them', async () => {
    expect(codeOf(await world.ask({ callbackUrl: 'https://ci.example.com/done' }))).toBe('ok');
    for (const callbackUrl of [
      'http://ci.example.com/',
      'https://evil.example/',
      'https://u:p@ci.example.com/',
      'x',
    ]) {
      expect(codeOf(await world.ask({ callbackUrl }))).toBe('callback_not_allowed');
    }
  });
});

describe('the same idempotency key', () => {
  test('gives the first request again, and another body is refused', async () => {
    const first = made(await world.ask({ idempotencyKey: 'k' }));
    world.now += 5000;
    const again = made(await world.ask({ idempotencyKey: 'k' }));
    expect(again).toMatchObject({ changed: false, revision: 0, position: first.position });
    expect(again.approval.request).toEqual(first.approval.request);
    expect(codeOf(await world.ask({ idempotencyKey: 'k', params: { service: 'bank' } }))).toBe(
      'idempotency_key_reused',
    );
  });

  test('belongs to one caller of one tenant', async () => {
    const mine = idOf(await world.ask({ idempotencyKey: 'k' }));
    const other = idOf(await world.ask({ idempotencyKey: 'k' }, { principal: { ...ci, sub: 'ci2' } }));
    expect(other).not.toBe(mine);
  });

  test('many at once make one request', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => world.ask({ idempotencyKey: 'many' })),
    );
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect(await world.stream(`approval-${idOf(answers[0] as never)}`)).toHaveLength(1);
  });

  test('works for bodies that hold secrets, and stores nothing they could be guessed from', async () => {
    const secret = {
      action: 'secret',
      params: { password: '1234', customer: { email: 'a@b.c' } },
      idempotencyKey: 's',
    };
    const id = idOf(await world.ask(secret));
    expect(made(await world.ask(secret)).changed).toBe(false);
    expect(codeOf(await world.ask({ ...secret, params: { password: '1235' } }))).toBe(
      'idempotency_key_reused',
    );
    const [event] = await world.stream(`approval-${id}`);
    expect(event?.data).not.toMatch(/1234|a@b\.c/);
    expect(event?.data).toContain('"bodyDigest":"hmac-sha256:');
    await world.keys.destroy(id);
    expect(codeOf(await world.ask(secret))).toBe('idempotency_key_reused');
  });
});

describe('who is refused', () => {
  const attempts = async (id: string) =>
    (await world.stream(`attempt-${id}`)).map(
      (event) => JSON.parse(event.data) as { rule: string; by: { sub: string } },
    );

  test('is recorded once for each person and rule, in a stream apart', async () => {
    const id = idOf(await world.ask());
    for (let i = 0; i < 3; i++) expect(codeOf(await world.approve(id, 'mallory'))).toBe('not_on_slate');
    expect(
      codeOf(await world.ledger.execute({ type: 'Decide', requestId: id, status: 'approved' }, as(ci))),
    ).toBe('machine_may_not_decide');
    expect((await attempts(id)).map(({ rule, by }) => `${by.sub} ${rule}`)).toEqual([
      'mallory not_on_slate',
      'ci machine_may_not_decide',
    ]);
    expect(await world.stream(`approval-${id}`)).toHaveLength(1);
  });

  test('of another tenant finds nothing, and leaves no record', async () => {
    const id = idOf(await world.ask());
    const stranger = as(human('bob', { tenant: 'acme' }));
    expect(
      codeOf(await world.ledger.execute({ type: 'Decide', requestId: id, status: 'approved' }, stranger)),
    ).toBe('not_found');
    expect(await attempts(id)).toEqual([]);
  });

  test('by a policy that no longer lists them, though the slate does', async () => {
    const id = idOf(await world.ask());
    const text =
      'version: 1\ngroups: { sre: [carol] }\nactions: { deploy: { approvers: { groups: [sre] } } }\n';
    await world.policies.activate({ file: 'policy.yaml', text, schemas: {} }, 'test', 'route');
    expect(codeOf(await world.approve(id, 'bob'))).toBe('left_group');
    expect(codeOf(await world.approve(id, 'carol'))).toBe('ok');
  });
});

describe('on whose behalf', () => {
  test.each(['bob', 'default/bob'])(
    '%s is that person, however answers and policies write the name',
    async (onBehalfOf) => {
      const id = idOf(await world.ask({ onBehalfOf }));
      expect(codeOf(await world.approve(id, 'bob'))).toBe('self_approval');
    },
  );

  test('a name of another tenant is nobody there', async () => {
    const { request } = made(await world.ask({ onBehalfOf: 'acme/bob' })).approval;
    expect(request.onBehalfOf).toBe('default/acme/bob');
    expect(codeOf(await world.approve(request.requestId, 'bob'))).toBe('ok');
  });
});

describe('time', () => {
  test('a late click records the expiry and is refused', async () => {
    const id = idOf(await world.ask());
    world.now += 3_600_000;
    expect(codeOf(await world.approve(id, 'bob'))).toBe('expired');
    expect((await world.stream(`approval-${id}`)).map((event) => event.type)).toEqual([
      'ApprovalRequested',
      'RequestExpired',
    ]);
  });

  test("the clock's commands write once, however often they come", async () => {
    const id = idOf(await world.ask());
    const escalate = { type: 'EscalateRequest', requestId: id, rung: 0 } as const;
    expect(made(await world.ledger.tick(escalate)).changed).toBe(false);
    world.now += 3_000_000;
    const fired = await Promise.all(Array.from({ length: 5 }, () => world.ledger.tick(escalate)));
    expect(fired.filter((answer) => made(answer).changed)).toHaveLength(1);
    world.now += 600_000;
    const expired = await Promise.all(
      Array.from({ length: 5 }, () => world.ledger.tick({ type: 'ExpireRequest', requestId: id })),
    );
    expect(expired.filter((answer) => made(answer).changed)).toHaveLength(1);
  });
});

describe('the revision a caller insists on', () => {
  test('stops a command that saw something older', async () => {
    const id = idOf(await world.ask());
    await world.approve(id, 'bob');
    const stale = await world.ledger.execute(
      { type: 'Decide', requestId: id, status: 'approved' },
      as(human('carol'), { ifRevision: 0 }),
    );
    expect(stale).toMatchObject({ ok: false, refusal: { code: 'stale_revision', facts: { revision: 1 } } });
    const fresh = await world.ledger.execute(
      { type: 'Decide', requestId: id, status: 'approved' },
      as(human('carol'), { ifRevision: 1 }),
    );
    expect(codeOf(fresh)).toBe('ok');
  });
});

describe('asking again', () => {
  const deny = (id: string) =>
    world.ledger.execute({ type: 'Decide', requestId: id, status: 'denied' }, as(human('bob')));

  test('names the request before, waits its cooldown, and the chain is kept', async () => {
    const first = idOf(await world.ask({ action: 'retry' }));
    expect(codeOf(await world.ask({ action: 'retry', previousRequestId: first }))).toBe(
      'previous_request_undecided',
    );
    await deny(first);
    expect(codeOf(await world.ask({ action: 'retry', previousRequestId: first }))).toBe('cooldown');
    world.now += 60_000;
    const second = made(await world.ask({ action: 'retry', previousRequestId: first }));
    expect(second.approval.request).toMatchObject({ previousRequestId: first, rootRequestId: first });
    const id = second.approval.request.requestId;
    await deny(id);
    world.now += 60_000;
    const third = made(await world.ask({ action: 'retry', previousRequestId: id }));
    expect(third.approval.request).toMatchObject({ previousRequestId: id, rootRequestId: first });
    await deny(third.approval.request.requestId);
    world.now += 60_000;
    expect(codeOf(await world.ask({ action: 'retry', previousRequestId: id }))).toBe('too_many_repeats');
  });

  test("only one's own, of one's own tenant", async () => {
    const first = idOf(await world.ask());
    await deny(first);
    const other = { principal: { ...ci, sub: 'ci2' } };
    expect(codeOf(await world.ask({ previousRequestId: first }, other))).toBe('previous_request_unknown');
    expect(codeOf(await world.ask({ previousRequestId: 'nonsense' }))).toBe('previous_request_unknown');
  });

  test('without limits in the policy it is only linked', async () => {
    const first = idOf(await world.ask());
    await deny(first);
    expect(codeOf(await world.ask({ previousRequestId: first }))).toBe('ok');
    expect(await world.stream(`lineage-${first}`)).toEqual([]);
  });

  test('naming something older does not get round the cooldown of what was just denied', async () => {
    const first = idOf(await world.ask({ action: 'retry' }));
    await deny(first);
    world.now += 60_000;
    const second = idOf(await world.ask({ action: 'retry', previousRequestId: first, params: { v: 2 } }));
    world.now += 60_000;
    await deny(second);
    world.now += 1000;
    expect(codeOf(await world.ask({ action: 'retry', previousRequestId: first, params: { v: 3 } }))).toBe(
      'cooldown',
    );
    world.now += 59_000;
    expect(codeOf(await world.ask({ action: 'retry', previousRequestId: first, params: { v: 3 } }))).toBe(
      'ok',
    );
  });

  test('nor does naming something else, where the same was just denied', async () => {
    const denied = new Map<string, string>();
    const other = await openWorld({
      findRecentDenial: async ({ comparableHash }) => denied.get(comparableHash) ?? null,
    });
    const verdict = { type: 'Decide', status: 'denied' } as const;
    const old = idOf(await other.ask({ action: 'retry', params: { v: 1 } }));
    await other.ledger.execute({ ...verdict, requestId: old }, as(human('bob')));
    other.now += 3_600_000;
    const fresh = made(await other.ask({ action: 'retry', params: { v: 2 } })).approval.request;
    await other.ledger.execute({ ...verdict, requestId: fresh.requestId }, as(human('bob')));
    denied.set(fresh.paramsHash, fresh.requestId);
    other.now += 1000;
    const again = { action: 'retry', params: { v: 2 }, previousRequestId: old };
    expect(codeOf(await other.ask(again))).toBe('cooldown');
    await other.close();
  });

  test('two at once cannot both have the last place', async () => {
    const first = idOf(await world.ask({ action: 'retry' }));
    await deny(first);
    world.now += 60_000;
    const both = await Promise.all(
      [1, 2].map(() => world.ask({ action: 'retry', previousRequestId: first })),
    );
    expect(both.map(codeOf).sort()).toEqual(['cooldown', 'ok']);
  });
});

describe('personal and redacted values', () => {
  test('never reach the ledger in clear, and an edit keeps them sealed', async () => {
    const params = { password: 'hunter2', customer: { email: 'jo@example.com' }, size: 1 };
    const id = idOf(await world.ask({ action: 'secret', params }));
    made(await world.approve(id, 'bob', { overrides: { size: 2 } }));
    const text = (await world.stream(`approval-${id}`))
      .map((event) => event.data + event.metadata)
      .join('\n');
    expect(text).not.toMatch(/hunter2|jo@example/);
    expect(text).toContain('"$sealed"');
  });

  test('nobody smuggles in what looks sealed', async () => {
    const params = { password: { $hmac: 'hmac-sha256:00' } };
    expect(codeOf(await world.ask({ action: 'secret', params }))).toBe('reserved_member');
  });
});
