import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signatureFault } from '../../src/receive/signature.ts';

/** The example that Slack's documentation works through. */
const PUBLISHED = {
  secret: '8f742231b10e8888abcd99yyyzzz85a5',
  timestamp: '1531420618',
  body: Buffer.from(
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  ),
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
};
const THEN = 1531420618;

function sign(secret: string, timestamp: string, body: Buffer): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
}

/** @param atSec the time it is */
function judge(changes: Partial<typeof PUBLISHED> = {}, secrets = [PUBLISHED.secret], atSec = THEN) {
  return signatureFault({ ...PUBLISHED, ...changes }, secrets, atSec * 1000);
}

describe('a signature of Slack', () => {
  test('is right as published', () => {
    expect(judge()).toBeNull();
  });

  test('is right under any of several secrets, and under no other', () => {
    expect(judge({}, ['the-new-one', PUBLISHED.secret])).toBeNull();
    expect(judge({}, [PUBLISHED.secret, 'the-new-one'])).toBeNull();
    expect(judge({}, ['the-new-one', 'another'])).toBe('bad_signature');
    expect(judge({}, [])).toBe('bad_signature');
  });

  test.each([
    [-300, null],
    [300, null],
    [-301, 'stale_signature'],
    [301, 'stale_signature'],
    [10_000_000, 'stale_signature'],
  ])('whose time is %i s away from now: %s', (skew, fault) => {
    expect(judge({}, undefined, THEN - skew)).toBe(fault);
  });

  test('that is wrong is not called stale, however old', () => {
    expect(judge({}, ['another'], THEN + 10_000)).toBe('bad_signature');
  });

  test.each([
    undefined,
    '',
    'v0=',
    PUBLISHED.signature.slice(3),
    PUBLISHED.signature.slice(0, -1),
    `${PUBLISHED.signature}0`,
    `${PUBLISHED.signature} `,
    PUBLISHED.signature.replace('v0', 'v1'),
    // The same number, spelt differently: it must not pass for a call that was not taken yet.
    `v0=${PUBLISHED.signature.slice(3).toUpperCase()}`,
    `${PUBLISHED.signature}, ${PUBLISHED.signature}`,
  ])('%j is none', (signature) => {
    expect(signatureFault({ ...PUBLISHED, signature }, [PUBLISHED.secret], THEN * 1000)).toBe(
      'bad_signature',
    );
  });

  test('under another version is none, even if made with the secret', () => {
    const hmac = createHmac('sha256', PUBLISHED.secret).update(`v1:${PUBLISHED.timestamp}:`);
    const signature = `v1=${hmac.update(PUBLISHED.body).digest('hex')}`;
    expect(judge({ signature })).toBe('bad_signature');
  });

  test.each([
    undefined,
    '',
    'now',
    '01531420618',
    '1531420618.0',
    ' 1531420618',
    '1e9',
    '-1531420618',
    '9'.repeat(13),
  ])('with the time %j is none, even if signed', (timestamp) => {
    const signature = sign(PUBLISHED.secret, timestamp ?? '', PUBLISHED.body);
    const signed = { timestamp, signature, body: PUBLISHED.body };
    expect(signatureFault(signed, [PUBLISHED.secret], THEN * 1000)).toBe('bad_signature');
  });

  test('covers every byte of the body and the time', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((values) => Buffer.from(values));
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (body, at, mask) => {
        const timestamp = PUBLISHED.timestamp;
        const signature = sign('secret', timestamp, body);
        expect(signatureFault({ signature, timestamp, body }, ['secret'], THEN * 1000)).toBeNull();
        const changed = Buffer.from(body);
        const place = at % body.length;
        changed[place] = (body[place] as number) ^ mask;
        expect(signatureFault({ signature, timestamp, body: changed }, ['secret'], THEN * 1000)).toBe(
          'bad_signature',
        );
        const later = { signature, timestamp: String(THEN + 1), body };
        expect(signatureFault(later, ['secret'], THEN * 1000)).toBe('bad_signature');
      }),
    );
  });
});
