import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { plainKey } from '../../src/step/key.ts';

describe('keys in plain letters', () => {
  test.each([['0190a1b2-aaaa-7bbb-8ccc-1234567890ab'], ['appr:step_1']])('%s stays as it is', (key) => {
    expect(plainKey(key)).toBe(key);
  });

  test('others become what a header, a comment and a filter bear, each another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(plainKey(one)).toMatch(/^[A-Za-z0-9_:-]{1,128}$/);
        expect(plainKey(one)).not.toContain('--');
        if (one !== other) expect(plainKey(one)).not.toBe(plainKey(other));
      }),
    );
  });
});
