import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSlackDeliveries } from '@countersign/application';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createMetrics } from '../../src/metrics/index.ts';
import { as, ci, human, openWorld, until, type World, type WorldOptions } from '../streams/world.ts';

const GOLDEN = join(import.meta.dirname, 'metrics.golden.txt');

/** Names, types, labels, buckets and help of everything there is, a line each. */
function shape(): string {
  const { defined } = createMetrics({ clock: Date.now });
  const lines = Object.values(defined).map((metric) => {
    const { name, help, labelNames, buckets } = metric as unknown as {
      name: string;
      help: string;
      labelNames: string[];
      buckets?: number[];
    };
    const type = metric.constructor.name.toLowerCase();
    const parts = [
      `${name}{${labelNames.join(',')}} ${type}`,
      ...(buckets ? [`[${buckets.join(' ')}]`] : []),
      help,
    ];
    return parts.join(' | ');
  });
  return `${lines.toSorted().join('\n')}\n`;
}

/** Samples of a scrape: `name{labels}` → value. */
async function scrape(world: World): Promise<Map<string, number>> {
  const text = await (await fetch(`${world.url}/metrics`)).text();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

let world: World;
const start = async (options: WorldOptions = {}) => {
  world = await openWorld(options);
};
const current = async () => {
  const head = await world.store.head();
  expect(await world.projections.waitFor('metrics', head, 5000)).toBe(true);
};

test('the shape is as published: a change is a change of an interface', async () => {
  const now = shape();
  if (process.env.UPDATE_GOLDEN) await writeFile(GOLDEN, now);
  expect(now).toBe(await readFile(GOLDEN, 'utf8'));
});

test('a scrape announces every metric, counted or not', async () => {
  const text = await createMetrics({ clock: Date.now }).scrape();
  const announced = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`);
  const published = (await readFile(GOLDEN, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/\{.*?\} (\w+) .*/, ' $1'));
  expect(announced.toSorted()).toEqual(published);
  expect(text.match(/^# HELP/gm)).toHaveLength(announced.length);
});

describe('a life', () => {
  afterEach(() => world.close());

  test('is counted step by step, under the policy key', async () => {
    let now = Date.parse('2026-01-01T10:00:00.000Z');
    await start({ clock: () => now });
    const approved = await world.ask('guarded');
    const denied = await world.ask('solo');
    const expired = await world.ask('brief');
    await world.ask('report.daily');
    const gate = await world.ask('solo', {}, { channel: 'gate' });
    now += 90_000;
    await world.ledger.tick({ type: 'ExpireRequest', requestId: expired.id });
    await world.acknowledge(approved.id, 'carol');
    await world.decide(approved.id, 'bob');
    await world.decide(denied.id, 'bob', 'denied');
    await world.decide(gate.id, 'mallory');
    await world.decide(gate.id, 'bob');

    const samples = await scrape(world);
    expect(
      Object.fromEntries(
        [...samples].filter(([name]) => /_total|_count|_sum/.test(name) && !/http|process/.test(name)),
      ),
    ).toEqual({
      'approval_requests_total{action="guarded"}': 1,
      'approval_requests_total{action="solo"}': 2,
      'approval_requests_total{action="brief"}': 1,
      'approval_requests_total{action="report.*"}': 1,
      'approvals_total{action="guarded"}': 1,
      'approvals_total{action="solo"}': 1,
      'approvals_total{action="report.*"}': 1,
      'denies_total{action="solo"}': 1,
      'expired_total{action="brief"}': 1,
      'decision_latency_seconds_count{action="report.*",outcome="approved"}': 1,
      'decision_latency_seconds_sum{action="report.*",outcome="approved"}': 0,
      'decision_latency_seconds_count{action="brief",outcome="expired"}': 1,
      'decision_latency_seconds_sum{action="brief",outcome="expired"}': 1,
      'decision_latency_seconds_count{action="guarded",outcome="approved"}': 1,
      'decision_latency_seconds_sum{action="guarded",outcome="approved"}': 90,
      'decision_latency_seconds_count{action="solo",outcome="denied"}': 1,
      'decision_latency_seconds_sum{action="solo",outcome="denied"}': 90,
      'decision_latency_seconds_count{action="solo",outcome="approved"}': 1,
      'decision_latency_seconds_sum{action="solo",outcome="approved"}': 90,
      'persona_ack_latency_seconds_count{persona="on-call"}': 1,
      'persona_ack_latency_seconds_sum{persona="on-call"}': 90,
      'approvals_created_total{action_type="solo"}': 1,
      'approvals_approved_total{action_type="solo"}': 1,
      'approval_time_seconds_count{action_type="solo"}': 1,
      'approval_time_seconds_sum{action_type="solo"}': 90,
      'security_events_total{type="unauthorized_attempt"}': 1,
      'policy_reloads_total{source="start"}': 1,
      consume_for_dispatch_success_total: 0,
      consume_for_dispatch_conflict_total: 0,
      request_archive_failures_total: 0,
      requests_archived_total: 0,
      requests_purged_total: 0,
      slack_roundtrip_seconds_count: 0,
      slack_roundtrip_seconds_sum: 0,
      pack_ack_latency_seconds_count: 0,
      pack_ack_latency_seconds_sum: 0,
    });
    expect(samples.get('decision_processing_seconds_count')).toBe(4);
  });

  test('edits of parameters are counted by what became of them', async () => {
    await start();
    const edit = async (overrides: Record<string, string | number>) => {
      const { id } = await world.ask('secret', { size: 1 });
      return world.ledger.execute(
        { type: 'Decide', requestId: id, status: 'approved', overrides },
        as(human('bob')),
      );
    };
    expect((await edit({ size: 2 })).ok).toBe(true);
    await edit({ other: 1 });
    await edit({ size: 'x'.repeat(2000) });
    const samples = await scrape(world);
    expect(samples.get('param_overrides_total{action="secret",outcome="applied"}')).toBe(1);
    expect(samples.get('param_overrides_total{action="secret",outcome="rejected"}')).toBe(2);
    expect(samples.get('override_rejections_total{action="secret",reason="key_forbidden"}')).toBe(1);
    expect(samples.get('override_rejections_total{action="secret",reason="diff_size_exceeded"}')).toBe(1);
  });

  test('gauges are the ledger as it stands; what is over is shown as 0', async () => {
    let now = Date.parse('2026-01-01T10:00:00.000Z');
    await start({ clock: () => now });
    const one = await world.ask('guarded');
    const two = await world.ask('solo', {}, { channel: 'gate' });
    now += 60_000;
    await world.ask('solo');
    await current();
    const before = await scrape(world);
    expect(before.get('pending_requests{action="guarded"}')).toBe(1);
    expect(before.get('pending_requests{action="solo"}')).toBe(2);
    expect(before.get('oldest_pending_age_seconds{action="solo"}')).toBe(60);
    expect(before.get('persona_pending{persona="on-call"}')).toBe(1);
    expect(before.get('approval_pending_gauge')).toBe(1);
    expect(before.get('projection_lag_events{projection="metrics"}')).toBe(0);

    await world.decide(one.id, 'bob', 'denied');
    await world.decide(two.id, 'bob', 'denied');
    await current();
    const after = await scrape(world);
    expect(after.get('pending_requests{action="guarded"}')).toBe(0);
    expect(after.get('oldest_pending_age_seconds{action="guarded"}')).toBe(0);
    expect(after.get('pending_requests{action="solo"}')).toBe(1);
    expect(after.get('oldest_pending_age_seconds{action="solo"}')).toBe(0);
    expect(after.get('persona_pending{persona="on-call"}')).toBe(0);
    expect(after.get('approval_pending_gauge')).toBe(0);
  });

  test('what Slack does not know yet is counted by request', async () => {
    await start({ slack: true });
    const depth = async () => {
      expect(await world.projections.waitFor('slack', await world.store.head(), 5000)).toBe(true);
      return (await scrape(world)).get('slack_queue_depth');
    };
    expect(await depth()).toBe(0);
    const { id } = await world.ask('solo');
    await world.ask('deploy');
    expect(await depth()).toBe(1);
    await world.decide(id, 'bob');
    expect(await depth()).toBe(1);
    const deliveries = createSlackDeliveries({ store: world.store, clock: Date.now });
    const until = new Date(Date.now() + 60_000).toISOString();
    await deliveries.claim({ requestId: id, tenant: 'default', by: 'one', until, upTo: 2, items: [] });
    const data = { at: until, upTo: 2 };
    expect(await deliveries.record(id, 'one', { type: 'SlackDelivered', data })).toBe('recorded');
    expect(await depth()).toBe(1);
    await deliveries.claim({ requestId: id, tenant: 'default', by: 'one', until, upTo: 3, items: [] });
    await deliveries.record(id, 'one', { type: 'SlackDelivered', data: { at: until, upTo: 3 } });
    expect(await depth()).toBe(0);
    await world.projections.close();
    expect((await scrape(world)).has('slack_queue_depth')).toBe(false);
  });

  test('a view that cannot be read takes its gauges away, and nothing else', async () => {
    await start();
    await world.ask('solo');
    await current();
    expect((await scrape(world)).has('pending_requests{action="solo"}')).toBe(true);
    await world.projections.close();
    const samples = await scrape(world);
    expect(samples.get('approval_requests_total{action="solo"}')).toBe(1);
    expect(samples.has('pending_requests{action="solo"}')).toBe(false);
    expect(samples.has('approval_pending_gauge')).toBe(false);
  });

  test('HTTP requests are counted by pattern; what waits by design is not timed', async () => {
    await start({ mount: (app) => void app.get('/things/:id', (_req, res) => void res.status(204).end()) });
    const { token } = await world.ask();
    for (const id of ['a', 'b', 'c']) await fetch(`${world.url}/things/${id}`);
    await fetch(`${world.url}/nowhere/${token}`);
    await fetch(`${world.url}/api/guard/wait?token=${token}&timeoutSec=0`);
    const read = async () =>
      (await scrape(world)).get('http_requests_total{route="/api/guard/wait",method="GET",status="200"}');
    await until(async () => (await read()) === 1, 'counted');
    const samples = await scrape(world);
    expect(samples.get('http_requests_total{route="/things/:id",method="GET",status="204"}')).toBe(3);
    expect(samples.get('http_requests_total{route="unmatched",method="GET",status="404"}')).toBe(1);
    expect(samples.get('http_request_duration_seconds_count{route="/things/:id"}')).toBe(3);
    expect(samples.has('http_request_duration_seconds_count{route="/api/guard/wait"}')).toBe(false);
    expect([...samples.keys()].join('\n')).not.toContain(token.slice(0, 36));
  });

  test('METRICS_TOKEN guards the route: any of the list opens it', async () => {
    await start({ metricsTokens: ['one-token', 'another-token'] });
    const ask = (authorization?: string) =>
      fetch(`${world.url}/metrics`, authorization === undefined ? {} : { headers: { authorization } });
    for (const header of [
      undefined,
      'Bearer',
      'Bearer wrong-token',
      'Basic one-token',
      'Bearer one-token,another-token',
    ]) {
      const refused = await ask(header);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
      expect(await refused.json()).toMatchObject({ code: 'unauthenticated' });
    }
    for (const token of ['one-token', 'another-token']) {
      const answer = await ask(`Bearer ${token}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    }
  });

  test('labels stay within bounds whatever a policy brings', async () => {
    await start();
    const actions = Array.from({ length: 1100 }, (_, i) => `  a${i}: { autoApprove: true }`).join('\n');
    const text = `version: 1\nactions:\n${actions}\n`;
    await world.policies.activate({ file: 'p.yaml', text, schemas: {} }, 'test', 'route');
    const ask = (i: number) =>
      world.ledger.request({ action: `a${i}`, params: {}, channel: 'guard' }, as(ci));
    await Promise.all(Array.from({ length: 1100 }, (_, i) => ask(i)));
    const samples = await scrape(world);
    const series = [...samples.keys()].filter((name) => name.startsWith('approval_requests_total'));
    expect(series).toHaveLength(1001);
    expect(samples.get('approval_requests_total{action="other"}')).toBe(100);
    expect(samples.get('policy_reloads_total{source="route"}')).toBe(1);
  });
});
