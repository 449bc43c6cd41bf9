import { describe, expect, test } from '@jest/globals';
import type { Request, Response } from 'express';
import { networkOf, rateLimit } from '../../src/server/rate-limit.ts';
import { startWorld } from '../support/world.ts';

describe('the rate limit on asking', () => {
  test('lets a burst through, then refuses with the time to wait, per address behind a trusted proxy', async () => {
    const world = await startWorld({
      deps: { rateLimit: { capacity: 3, refillPerSec: 0.01 }, trustProxy: 'loopback' },
    });
    const ask = (address: string) =>
      world.call('POST', '/api/guard/request', {
        as: 'rita',
        body: { action: 'deploy', params: {} },
        headers: { 'x-forwarded-for': address },
      });
    for (let n = 0; n < 3; n++) expect((await ask('203.0.113.1')).status).toBe(201);
    const before = (await world.events()).length;
    const refused = await ask('203.0.113.1');
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(50);
    expect(wait).toBeLessThanOrEqual(100);
    expect(await world.events()).toHaveLength(before);
    expect((await ask('203.0.113.2')).status).toBe(201);
    expect((await world.call('GET', '/metrics')).text).toContain(
      'security_events_total{type="rate_limited"} 1',
    );
    await world.close();
  });

  test('does not believe a forwarded address where no proxy is trusted', async () => {
    const world = await startWorld({ deps: { rateLimit: { capacity: 1, refillPerSec: 0.01 } } });
    const ask = (address: string) =>
      world.call('POST', '/api/guard/request', {
        as: 'rita',
        body: { action: 'deploy', params: {} },
        headers: { 'x-forwarded-for': address },
      });
    expect((await ask('203.0.113.1')).status).toBe(201);
    expect((await ask('203.0.113.2')).status).toBe(429);
    await world.close();
  });

  test('is off with a capacity of 0', async () => {
    const world = await startWorld({ deps: { rateLimit: { capacity: 0, refillPerSec: 0 } } });
    for (let n = 0; n < 5; n++) {
      const asked = await world.call('POST', '/api/guard/request', {
        as: 'rita',
        body: { action: 'deploy', params: {} },
      });
      expect(asked.status).toBe(201);
    }
    await world.close();
  });

  test('remembers a bounded number of addresses, the longest unused forgotten first', () => {
    const limited = rateLimit({ capacity: 1, refillPerSec: 0.001 }, 2);
    const allows = (ip: string): boolean => {
      try {
        limited({ ip } as Request, {} as Response, () => {});
        return true;
      } catch {
        return false;
      }
    };
    expect([allows('a'), allows('b'), allows('a'), allows('c')]).toEqual([true, true, false, true]);
    // `b` was the longest unused when `c` came.
    expect([allows('a'), allows('b')]).toEqual([false, true]);
  });

  test('refuses to be set up without a refill', () => {
    expect(() => rateLimit({ capacity: 1, refillPerSec: 0 })).toThrow('refill');
  });
});

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
