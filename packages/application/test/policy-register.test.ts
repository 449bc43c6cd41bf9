import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createPolicyRegister,
  LedgerUnavailable,
  newId,
  type PolicyRegister,
} from '@countersign/application';
import { openSqliteStore, type SqliteStore } from '@countersign/event-store';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const bundle = (minApprovals: number) => ({
  file: 'policy.yaml',
  text: `version: 1\ngroups: { sre: [a, b, c] }\nactions: { x: { approvers: { groups: [sre] }, minApprovals: ${minApprovals} } }\n`,
  schemas: {},
});
const clock = () => Date.parse('2026-01-01T10:00:00.000Z');

let store: SqliteStore;
beforeEach(async () => {
  store = await openSqliteStore(':memory:');
});
afterEach(() => store.close());

const register = () => createPolicyRegister({ store, clock });

describe('the policy in force', () => {
  test('is the last one activated; the same again changes nothing', async () => {
    const policies = register();
    expect(() => policies.inForce()).toThrow(LedgerUnavailable);
    const first = await policies.activate(bundle(1), 'start', 'start');
    expect(first).toMatchObject({ ok: true, changed: true });
    expect(await policies.activate(bundle(1), 'alice', 'route')).toMatchObject({ ok: true, changed: false });
    const second = await policies.activate(bundle(2), 'alice', 'route');
    expect(policies.inForce().hash).toBe(second.ok && second.hash);
    expect(policies.byHash(policies.inForce().hash)).toBe(policies.inForce());
    expect(await store.readStream('policy')).toHaveLength(2);
  });

  test('a bad file leaves the old one in force, and says where it is wrong', async () => {
    const policies = register();
    await policies.activate(bundle(1), 'start', 'start');
    const bad = await policies.activate(
      { ...bundle(1), text: 'version: 1\nactions:\n  x: { approver: 1 }\n' },
      'a',
      'route',
    );
    expect(bad).toMatchObject({ ok: false, errors: [{ file: 'policy.yaml', line: 3 }] });
    expect(policies.inForce().hash).toBeDefined();
    expect(await store.readStream('policy')).toHaveLength(1);
  });

  test('a file that was in force before does not come back by a restart', async () => {
    const before = register();
    await before.activate(bundle(1), 'start', 'start', true);
    const reloaded = await before.activate(bundle(2), 'alice', 'route');
    const restarted = register();
    expect(await restarted.activate(bundle(1), 'start', 'start', true)).toMatchObject({
      ok: true,
      changed: false,
    });
    expect(restarted.inForce().hash).toBe(reloaded.ok && reloaded.hash);
    expect(await restarted.activate(bundle(1), 'alice', 'route')).toMatchObject({ changed: true });
  });

  test('every instance follows what another puts into force', async () => {
    const [one, two] = [register(), register()];
    const following = new AbortController();
    await one.activate(bundle(1), 'start', 'start');
    await two.follow(following.signal);
    expect(two.inForce().hash).toBe(one.inForce().hash);
    await one.activate(bundle(2), 'alice', 'route');
    const deadline = Date.now() + 5000;
    while (two.inForce().hash !== one.inForce().hash && Date.now() < deadline)
      await new Promise(setImmediate);
    expect(two.inForce().hash).toBe(one.inForce().hash);
    following.abort();
  });

  test('what another instance activated in between is known by its hash too', async () => {
    const [one, two] = [register(), register()];
    await one.activate(bundle(1), 'start', 'start');
    const between = await two.activate(bundle(2), 'alice', 'route');
    await one.activate(bundle(3), 'alice', 'route');
    const following = new AbortController();
    await one.follow(following.signal);
    following.abort();
    expect(one.byHash(between.ok ? between.hash : 'sha256:')).toBeDefined();
  });

  test("one that this version cannot read, and that is long over, stands in nobody's way", async () => {
    const data = { at: '2020-01-01T00:00:00.000Z', by: 'a', source: 'start', hash: 'sha256:00', file: 'f' };
    const body = { ...data, text: 'version: 0', schemas: {} };
    const metadata = '{"commandId":"c","correlationId":"c","schemaVersion":1}';
    const event = { id: newId(), type: 'PolicyActivated', data: JSON.stringify(body), metadata };
    await store.append('policy', 'no_stream', [event]);
    const policies = register();
    const activated = await policies.activate(bundle(1), 'alice', 'route');
    expect(activated).toMatchObject({ ok: true, changed: true });
    const restarted = register();
    expect(await restarted.activate(bundle(1), 'start', 'start', true)).toMatchObject({ changed: false });
    expect(restarted.inForce().hash).toBe(policies.inForce().hash);
    expect(() => restarted.byHash('sha256:00')).toThrow('cannot be read');
  });

  test('one too large for the ledger is refused in words', async () => {
    const large = { ...bundle(1), text: `${bundle(1).text}# ${'x'.repeat(1_000_000)}\n` };
    expect(await register().activate(large, 'alice', 'route')).toMatchObject({
      ok: false,
      errors: [{ file: 'policy.yaml', line: 1, message: expect.stringContaining('1000000') }],
    });
  });

  test('is told as put there by whoever did, though the subscription may tell of it first', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'policy-'));
    const onDisk = await openSqliteStore(join(folder, 'ledger.db'));
    const following = new AbortController();
    const told: boolean[][] = [[], []];
    const [one, two] = told.map((own) =>
      createPolicyRegister({
        store: onDisk,
        clock,
        signals: { policyActivated: (activated) => own.push(activated.own) },
      }),
    ) as [PolicyRegister, PolicyRegister];
    await Promise.all([one.follow(following.signal), two.follow(following.signal)]);
    for (let min = 1; min <= 3; min++) await one.activate(bundle(min), 'alice', 'route');
    const deadline = Date.now() + 5000;
    while ((told[1] ?? []).length < 3 && Date.now() < deadline) await new Promise(setImmediate);
    expect(told).toEqual([
      [true, true, true],
      [false, false, false],
    ]);
    following.abort();
    await onDisk.close();
    rmSync(folder, { recursive: true });
  });
});
