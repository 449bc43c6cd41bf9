import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quickXorHash } from '../../src/sharepoint/quick-xor-hash.ts';

const WIDTH = 160n;
const ALL = (1n << WIDTH) - 1n;

/** The same by the words of Microsoft's description, with one number of 160 bits, slowly. */
function byTheBook(content: Uint8Array): string {
  let ring = 0n;
  content.forEach((byte, index) => {
    const by = BigInt(index * 11) % WIDTH;
    const wide = BigInt(byte) << by;
    ring ^= (wide & ALL) | (wide >> WIDTH);
  });
  ring ^= BigInt(content.length) << (WIDTH - 64n);
  const bytes = Array.from({ length: 20 }, (_, index) => Number((ring >> BigInt(8 * index)) & 255n));
  return Buffer.from(bytes).toString('base64');
}

describe('QuickXorHash', () => {
  test('of nothing is nothing, and of one byte that byte and the length', () => {
    expect(quickXorHash(Buffer.alloc(0))).toBe('AAAAAAAAAAAAAAAAAAAAAAAAAAA=');
    expect(quickXorHash(Buffer.from('J'))).toBe('SgAAAAAAAAAAAAAAAQAAAAAAAAA=');
  });

  test('is what the description says, for any content', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (content) => {
        expect(quickXorHash(content)).toBe(byTheBook(content));
      }),
    );
  });
});
