import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { canonicalJson, hashOf } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

/** Published vectors lie beside the checkout where they are available; they are not part of the project. */
const VECTORS = fileURLToPath(new URL('../../../../../shared/data/vectors/rfc8785/', import.meta.url));
const published = existsSync(VECTORS) ? describe : describe.skip;
if (!existsSync(VECTORS)) console.warn('skipped: no published RFC 8785 vectors beside this checkout');

published('the published vectors of RFC 8785', () => {
  const inputs = existsSync(VECTORS) ? readdirSync(`${VECTORS}input`) : [];
  test.each(inputs)('%s', (file) => {
    const input = JSON.parse(readFileSync(`${VECTORS}input/${file}`, 'utf8'));
    expect(canonicalJson(input)).toBe(readFileSync(`${VECTORS}output/${file}`, 'utf8').trimEnd());
  });

  test('1,000 numbers', () => {
    const lines = readFileSync(`${VECTORS}es6-numbers-1000.txt`, 'utf8').trim().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(1000);
    for (const line of lines) {
      const [hex = '', expected] = line.split(',');
      const bits = new DataView(new ArrayBuffer(8));
      bits.setBigUint64(0, BigInt(`0x${hex}`));
      expect(canonicalJson(bits.getFloat64(0))).toBe(expected);
    }
  });
});

describe('canonical JSON', () => {
  test('is the same text for the same value, whatever the order of its members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('sorts by UTF-16 code units', () => {
    expect(canonicalJson({ '\ufb33': 1, '\u{1f600}': 2 })).toBe('{"\u{1f600}":2,"\ufb33":1}');
  });

  test('leaves out undefined members and refuses what JSON cannot carry', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const wrong = [
      Number.NaN,
      Infinity,
      1n,
      undefined,
      [undefined],
      () => 1,
      new Map(),
      new Date(),
      '\ud800',
      { '\udc00': 1 },
      cycle,
    ];
    for (const value of wrong) expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  test('hashes its UTF-8 bytes', () => {
    expect(hashOf({})).toBe('sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});
