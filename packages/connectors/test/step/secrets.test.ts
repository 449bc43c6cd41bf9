import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { secrets } from '../../src/step/secrets.ts';

describe('secrets', () => {
  test('are taken out of values and keys, however deep, and of nothing else', () => {
    const { clean } = secrets(['s3cret-value']);
    const value = {
      a: ['x s3cret-value y', 1, null, true],
      's3cret-value': { b: 's3cret-values3cret-value' },
    };
    expect(clean(value)).toEqual({
      a: ['x [secret] y', 1, null, true],
      '[secret]': { b: '[secret][secret]' },
    });
    expect(clean('innocent')).toBe('innocent');
  });

  test('in every form they are seen to be written in', () => {
    const secret = 'pa+ss/wo rd="é';
    const { clean } = secrets([secret]);
    const forms = [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ p: secret }).toString(),
      JSON.stringify({ p: secret }),
      Buffer.from(secret).toString('base64'),
    ];
    for (const form of forms) expect(clean(`<${form}>`)).toMatch(/^<.*\[secret\].*>$/);
  });

  test('one that is part of another leaves nothing of the longer', () => {
    expect(secrets(['abcdef', 'abcdefghij']).clean('abcdefghij')).toBe('[secret]');
  });

  test('are known as soon as they are', () => {
    const known = secrets();
    expect(known.clean('token-1')).toBe('token-1');
    known.know('token-1');
    expect(known.clean('token-1')).toBe('[secret]');
  });

  test('what was given at the start is known for good, however many tokens come', () => {
    const known = secrets(['given-at-start']);
    for (let n = 0; n < 2000; n++) known.know(`token-number-${n}`);
    expect(known.clean('given-at-start token-number-1999')).toBe('[secret] [secret]');
  });

  test('are in no text, whatever is around them', () => {
    const secret = 'the-one-secret';
    const { clean } = secrets([secret]);
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(clean(`${before}${secret}${after}`)).not.toContain(secret);
      }),
    );
  });
});
