import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressJudge } from '../../src/http/address.ts';

const judge = addressJudge([]);

describe('addresses that requests may not go to', () => {
  test.each([
    ['0.0.0.0'],
    ['10.255.255.255'],
    ['100.64.0.1'],
    ['100.100.100.200'],
    ['127.0.0.1'],
    ['127.255.255.254'],
    ['169.254.169.254'],
    ['172.16.0.1'],
    ['172.31.255.255'],
    ['192.0.0.192'],
    ['192.0.2.1'],
    ['192.88.99.1'],
    ['192.168.1.1'],
    ['198.19.255.255'],
    ['198.51.100.7'],
    ['203.0.113.9'],
    ['224.0.0.1'],
    ['255.255.255.255'],
    ['168.63.129.16'],
    ['::'],
    ['::1'],
    ['::127.0.0.1'],
    ['::ffff:127.0.0.1'],
    ['::ffff:7f00:1'],
    ['0:0:0:0:0:ffff:a9fe:a9fe'],
    ['::ffff:0:127.0.0.1'],
    ['64:ff9b::10.0.0.1'],
    ['64:ff9b::a9fe:a9fe'],
    ['64:ff9b:1::1'],
    ['2002:7f00:1::'],
    ['2002:a9fe:a9fe::1'],
    ['2001::1'],
    ['2001:db8::1'],
    ['3fff::1'],
    ['fc00::1'],
    ['fd00:ec2::254'],
    ['fe80::1'],
    ['fe80::1%eth0'],
    ['fec0::1'],
    ['ff02::1'],
    ['100::1'],
    ['5f00::1'],
    ['not an address'],
    [''],
    ['127.1'],
  ])('%s', (address) => {
    expect(judge(address)).toEqual(expect.any(String));
  });

  test.each([
    ['8.8.8.8'],
    ['100.63.255.255'],
    ['100.128.0.0'],
    ['172.15.255.255'],
    ['172.32.0.0'],
    ['168.63.129.15'],
    ['223.255.255.255'],
    ['2606:4700:4700::1111'],
    ['2001:4860:4860::8888'],
    ['::ffff:8.8.8.8'],
    ['64:ff9b::8.8.8.8'],
    ['2002:808:808::1'],
  ])('but %s is let through', (address) => {
    expect(judge(address)).toBeUndefined();
  });

  test('an IPv4 address is judged the same in every form that leads to it', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const expected = judge(address);
        const forms = [`::ffff:${address}`, `::FFFF:${hex}`, `0:0:0:0:0:ffff:${hex}`, `64:ff9b::${address}`];
        for (const form of [...forms, `64:ff9b::${hex}`, `2002:${hex}::`, `2002:${hex}:1:2:3:4:5`]) {
          expect([form, judge(form)]).toEqual([form, expected]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('of IPv6 nothing outside of global unicast and NAT64 is let through', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const first = Number.parseInt(address.split(':')[0] || '0', 16);
        if (judge(address) === undefined)
          expect([0x64, 0].includes(first) || (first >= 0x2000 && first < 0x4000)).toBe(true);
      }),
    );
  });
});

describe('addresses that are let through all the same', () => {
  const lenient = addressJudge(['10.1.0.0/16', '127.0.0.1', 'fd12::/16']);

  test.each([
    ['10.1.2.3', true],
    ['::ffff:10.1.2.3', true],
    ['10.2.0.1', false],
    ['127.0.0.1', true],
    ['127.0.0.2', false],
    ['fd12::1', true],
    ['fd13::1', false],
  ])('%s: %s', (address, allowed) => {
    expect(lenient(address) === undefined).toBe(allowed);
  });

  test.each([['10.0.0.0/33'], ['10.0.0.0/8/8'], ['localhost'], ['fe80::/129'], ['10.0.0.0/x'], ['']])(
    '"%s" is no range',
    (entry) => {
      expect(() => addressJudge([entry])).toThrow(RangeError);
    },
  );
});
