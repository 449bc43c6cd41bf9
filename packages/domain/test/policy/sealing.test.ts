import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  canonicalJson,
  comparableHash,
  findReservedKeys,
  hashOf,
  type JsonObject,
  needsSealing,
  openParams,
  paramsHashOf,
  type SealKeys,
  sealParams,
  valueAt,
} from '../../src/index.ts';

/** Real cryptography with a key made of one letter: what a key store gives, but repeatable. */
function keysFrom(letter: string): SealKeys & { decrypt(ciphertext: string): string } {
  const key = Buffer.alloc(32, letter);
  let used = 0;
  return {
    hmac: (text) => createHmac('sha256', key).update(text).digest('hex'),
    encrypt(text) {
      used += 1;
      const nonce = Buffer.alloc(12, `${used}`);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
    },
    decrypt(ciphertext) {
      const bytes = Buffer.from(ciphertext, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8');
    },
  };
}

const RULE = { redact: ['/db/password', '/items/*/token'], personal: ['/customer', '/contacts/*'] };
const PARAMS: JsonObject = {
  db: { host: 'db1', password: 'hunter2' },
  items: [{ id: 1, token: 'tok-a' }, { id: 2 }, 'loose', { id: 3, token: null }],
  customer: { name: 'Ann Example', born: 1980 },
  contacts: { home: 'ann@example.org', 'a/b~c': 'slash' },
  batch: 5,
};
const HMAC = expect.stringMatching(/^hmac-sha256:[0-9a-f]{64}$/);
const SEALED = expect.stringMatching(/^[A-Za-z0-9+/=]+$/);

describe('sealing', () => {
  test('redacted values keep an HMAC, personal ones a ciphertext too, and the rest stays as it is', () => {
    const before = structuredClone(PARAMS);
    expect(sealParams(PARAMS, RULE, keysFrom('k'))).toEqual({
      db: { host: 'db1', password: { $hmac: HMAC } },
      items: [{ id: 1, token: { $hmac: HMAC } }, { id: 2 }, 'loose', { id: 3, token: { $hmac: HMAC } }],
      customer: { $hmac: HMAC, $sealed: SEALED },
      contacts: { home: { $hmac: HMAC, $sealed: SEALED }, 'a/b~c': { $hmac: HMAC, $sealed: SEALED } },
      batch: 5,
    });
    expect(PARAMS).toEqual(before);
  });

  test('parameters without anything to seal need no key and are given back themselves', () => {
    const params = { batch: 5, items: [], db: { host: 'x' }, contacts: 'none' };
    const noKeys: SealKeys = {
      hmac: () => {
        throw new Error('a key was used');
      },
      encrypt: () => {
        throw new Error('a key was used');
      },
    };
    expect(needsSealing(params, RULE)).toBe(false);
    expect(sealParams(params, RULE, noKeys)).toBe(params);
    expect(needsSealing(PARAMS, RULE)).toBe(true);
    expect(needsSealing({ items: [{ token: null }] }, RULE)).toBe(true);
  });

  test('an HMAC is bound to its place and its key', () => {
    const rule = { redact: ['/a', '/b'], personal: [] };
    const one = sealParams({ a: 'same', b: 'same' }, rule, keysFrom('k'));
    const other = sealParams({ a: 'same', b: 'same' }, rule, keysFrom('l'));
    expect(one.a).not.toEqual(one.b);
    expect(one.a).not.toEqual(other.a);
    expect(one).toEqual(sealParams({ b: 'same', a: 'same' }, rule, keysFrom('k')));
  });

  test('opening gives personal values back, and leaves what cannot be read sealed', () => {
    const keys = keysFrom('k');
    const sealed = sealParams(PARAMS, RULE, keys);
    const opened = openParams(sealed, keys.decrypt);
    expect(opened).toEqual({ ...sealed, customer: PARAMS.customer, contacts: PARAMS.contacts });
    expect(openParams(sealed, () => null)).toBe(sealed);
  });

  test('a ciphertext moved to another place does not open there', () => {
    const keys = keysFrom('k');
    const sealed = sealParams({ customer: 'a', contacts: { home: 'b' } }, RULE, keys);
    const swapped = { ...sealed, customer: valueAt(sealed, '/contacts/home') } as JsonObject;
    expect(() => openParams(swapped, keys.decrypt)).toThrow(
      'the sealed value at /customer was sealed for another place',
    );
  });
});

test('the time that sealing takes grows with the parameters, not with their square', () => {
  const rule = { redact: ['/items/*'], personal: [] };
  const keys: SealKeys = { hmac: () => '00', encrypt: () => '' };
  const spent = (length: number) => {
    const params = { items: Array.from({ length }, (_, index) => index) };
    const began = performance.now();
    sealParams(params, rule, keys);
    return performance.now() - began;
  };
  spent(2_000);
  // A caller may send so many within one body; a copy for each would take minutes.
  expect(spent(64_000)).toBeLessThan(2_000);
});

describe('hashes', () => {
  test('the hash that people approve does not depend on ciphertexts', () => {
    const keys = keysFrom('k');
    const sealed = sealParams(PARAMS, RULE, keys);
    const again = sealParams(PARAMS, RULE, keys);
    expect(again).not.toEqual(sealed);
    expect(paramsHashOf(again)).toBe(paramsHashOf(sealed));
    const erased = JSON.parse(canonicalJson(sealed), (key, value: unknown) =>
      key === '$sealed' ? undefined : value,
    );
    expect(paramsHashOf(erased as JsonObject)).toBe(paramsHashOf(sealed));
    expect(paramsHashOf(sealed)).toBe(hashOf(erased));
    expect(paramsHashOf({ a: 1 })).toBe(hashOf({ a: 1 }));
  });

  test('any change of a value, sealed or not, changes it', () => {
    const hash = (params: JsonObject) => paramsHashOf(sealParams(params, RULE, keysFrom('k')));
    const changed: JsonObject[] = [
      { ...PARAMS, batch: 6 },
      { ...PARAMS, customer: 'Bea' },
      { ...PARAMS, db: { host: 'db1', password: 'hunter3' } },
    ];
    expect(new Set([PARAMS, ...changed].map(hash)).size).toBe(4);
  });

  test('two requests that differ at most in sealed values compare as equal', () => {
    const one = sealParams(PARAMS, RULE, keysFrom('k'));
    const other = sealParams({ ...PARAMS, customer: 'Bea' }, RULE, keysFrom('l'));
    expect(comparableHash(other)).toBe(comparableHash(one));
    expect(comparableHash({ ...one, batch: 6 })).not.toBe(comparableHash(one));
    const { customer: _customer, ...without } = one;
    expect(comparableHash(without)).not.toBe(comparableHash(one));
  });

  test('parameters too deep to be hashed are refused, not a crash', () => {
    let deep: JsonObject = {};
    for (let level = 0; level < 50_000; level++) deep = { deeper: deep };
    expect(() => paramsHashOf(deep)).toThrow(TypeError);
    expect(() => sealParams({ customer: deep }, RULE, keysFrom('k'))).toThrow(TypeError);
    expect(findReservedKeys(deep)).toEqual([]);
  });
});

describe('reserved members', () => {
  test.each<[JsonObject, string[]]>([
    [{ a: 1, hmac: 2 }, []],
    [{ $hmac: 'x' }, ['/$hmac']],
    [{ a: { $sealed: 'x' } }, ['/a/$sealed']],
    [{ a: [{ b: { $hmac: null } }, '$hmac'] }, ['/a/0/b/$hmac']],
    [{ 'x/y': { $hmac: 1, $sealed: 2 } }, ['/x~1y/$hmac', '/x~1y/$sealed']],
  ])('%j', (params, found) => {
    expect(findReservedKeys(params)).toEqual(found);
  });

  test('at most ten are named', () => {
    const params = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, { $hmac: 1 }]));
    expect(findReservedKeys(params)).toHaveLength(10);
  });
});

describe('for any parameters', () => {
  const secret = fc.stringMatching(/^SECRET-[a-z0-9]{12}$/);
  const json = fc.dictionary(fc.stringMatching(/^[a-z~/]{1,4}$/), fc.jsonValue({ maxDepth: 2 }), {
    maxKeys: 4,
  });
  const anything = fc.record({
    rest: json,
    one: secret,
    two: secret,
    items: fc.array(fc.record({ token: secret }), { maxLength: 4 }),
  });

  test('no redacted or personal value is left in clear, the rest is untouched, and opening restores', () => {
    fc.assert(
      fc.property(anything, ({ rest, one, two, items }) => {
        const params = { rest, db: { password: one }, customer: { name: two }, items } as JsonObject;
        const keys = keysFrom('k');
        const sealed = sealParams(params, RULE, keys);
        expect(canonicalJson(sealed)).not.toContain('SECRET-');
        expect(sealed.rest).toEqual(params.rest);
        expect(openParams(sealed, keys.decrypt).customer).toEqual(params.customer);
        expect(paramsHashOf(sealParams(params, RULE, keys))).toBe(paramsHashOf(sealed));
      }),
    );
  });
});
