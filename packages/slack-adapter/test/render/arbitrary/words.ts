import type { Json, JsonObject } from '@countersign/domain';
import fc from 'fast-check';

/** The nastiest words there are, and JSON made of them. */

/** In every sealed value, and in nothing else. */
export const CIPHERTEXT = 'QUJDREVGR0hJSktMTU5PUA';
const MAC = 'hmac-sha256:5ea1ed5ea1ed';

const NASTY = [
  '',
  ' ',
  '<!channel>',
  '<!here|@here> <@U0EVIL> <#C0EVIL> <https://evil.example|click>',
  '<!date^0^{date}|now>',
  '&amp; &lt;!channel&gt; &',
  '```\n*broken out* <!channel>\n```',
  '`code` *bold* _it_ ~gone~ :white_check_mark: > quote',
  '> quoted\n> more',
  'admin\u202egnp.exe\u202c',
  'zero\u200bwidth\u2060\ufeff\u00ad',
  'nul\u0000bell\u0007\u001b[31m',
  '\u2028line\u2029par\r\n\ttab',
  '👩‍👩‍👧‍👦❤️🏴\u{e0067}\u{e0062}\u{e007f}',
  'مرحبا بالعالم',
  '\u3164\u2800\u115f',
  '"quotes" \\ and \\" more',
  'x'.repeat(5000),
  '&'.repeat(3000),
  '<'.repeat(400),
  '🙂'.repeat(2000),
  '"'.repeat(3000),
];
export const nastyText = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
);
export const shortText = nastyText.map((text) => text.slice(0, 200).toWellFormed());
export const name = fc.oneof(
  fc.constantFrom('on-call', 'security', 'sre', 'legal', 'peers', 'owner', 'a'.repeat(100)),
  shortText.filter((text) => text !== ''),
);

const anySealed = fc.constantFrom<Json>({ $hmac: MAC }, { $hmac: MAC, $sealed: CIPHERTEXT });
export const anyScalar: fc.Arbitrary<Json> = fc.oneof(
  nastyText,
  fc.constantFrom<Json>(null, true, false, 0, -1, 1e21, 1.5e-7, 12345678901, 10),
);
export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    anyScalar,
    anySealed,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(shortText, tie('value'), { maxKeys: 6 }),
  ),
})).value;

const KEYS = [
  'service',
  'batchSize',
  'window',
  'dryRun',
  'color',
  '~a/b',
  '__proto__',
  '<!channel>',
  'k'.repeat(200),
];
export const anyKey = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 1, arbitrary: shortText },
);
export const anyParams: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(anyKey, anyJson), { maxLength: 12 })
  .map((members) => Object.fromEntries(members));
