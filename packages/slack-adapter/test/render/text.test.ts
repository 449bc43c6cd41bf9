import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { broken, cut, visible, widthOf } from '../../src/render/text/clean.ts';
import { codeBlock, codeBlocks } from '../../src/render/text/code-block.ts';
import { date, utc } from '../../src/render/text/date.ts';
import { joinWithin } from '../../src/render/text/join.ts';
import { jsonLines, jsonText } from '../../src/render/text/json.ts';
import { code, link, plain, prose, webAddress } from '../../src/render/text/mrkdwn.ts';
import { anyJson } from './arbitrary/words.ts';
import { expectOurMarkup } from './checks.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({
    unit: fc.constantFrom('&', '<', '>', '"', '\\', '`', '*', '_', ':', '!', '@', 'a', ' ', '\n', '🙂'),
  }),
);
const anyMax = fc.integer({ min: 1, max: 120 });

describe('words of somebody else', () => {
  test.each([
    ['<!channel>', '&lt;!channel&gt;'],
    ['<@U0BOB> & <https://x|y>', '&lt;@U0BOB&gt; &amp; &lt;https://x|y&gt;'],
    ['&lt;!here&gt;', '&amp;lt;!here&amp;gt;'],
    ['*bold* _it_ ~gone~ `code`', '∗bold∗ ˍitˍ ∼gone∼ ˋcodeˋ'],
    ['snake_case stays, _this_ does not', 'snake_case stays, ˍthisˍ does not'],
    ['> no quote', '› no quote'],
    ['a -> b', 'a -&gt; b'],
    [':white_check_mark: approved', '∶white_check_mark: approved'],
    ['https://x.example:8080/a', 'https://x.example:8080/a'],
    ['one\n\n\ttwo  three ', 'one two three'],
    ['admin\u202egnp.exe', 'admingnp.exe'],
    ['zero\u200bwidth\ufeff', 'zerowidth'],
    ['nul\u0000', 'nul'],
    [' \u200b\n ', '–'],
  ])('%j reads %j', (text, read) => {
    expect(prose(text, 100)).toBe(read);
  });

  test('are cut by whole characters, and an entity stays whole', () => {
    expect(prose('a&b', 6)).toBe('a…');
    expect(prose('a&b', 7)).toBe('a&amp;b');
    expect(prose('a&bc', 7)).toBe('a&amp;…');
    expect(prose('🙂🙂🙂', 5)).toBe('🙂🙂…');
  });

  test('mean nothing, wherever they are put, and never take more room than there is', () => {
    fc.assert(
      fc.property(anyText, anyMax, (text, max) => {
        for (const shown of [prose(text, max), code(text, max + 3)]) {
          expectOurMarkup(shown);
          expect(shown.length).toBeGreaterThan(0);
        }
        expect(prose(text, max).length).toBeLessThanOrEqual(max);
        expect(JSON.stringify(prose(text, max)).length - 2).toBeLessThanOrEqual(max);
        expect(code(text, max + 3).length).toBeLessThanOrEqual(max + 3);
        expect(prose(text, max)).not.toMatch(/[*~]|(^|\W)_|_(\W|$)|^&gt;/);
        expect(plain(text, max).length).toBeLessThanOrEqual(max);
        expect(plain(text, max)).not.toMatch(/<[!@#]/);
      }),
      { numRuns: 500 },
    );
  });

  test('are not lost when they are broken into pieces', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 6, max: 50 }), (text, max) => {
        const shown = visible(text);
        const pieces = broken(shown, max);
        expect(pieces.join('')).toBe(shown);
        for (const piece of pieces) expect(widthOf(piece)).toBeLessThanOrEqual(max);
      }),
    );
  });

  test('a cut text begins as the whole one', () => {
    fc.assert(
      fc.property(anyText, anyMax, (text, max) => {
        const short = cut(text, max);
        expect(short === text || (short.endsWith('…') && text.startsWith(short.slice(0, -1)))).toBe(true);
      }),
    );
  });
});

describe('JSON', () => {
  const anyBlock = fc.record({
    width: fc.integer({ min: 60, max: 400 }),
    lines: fc.integer({ min: 1, max: 8 }),
  });

  test('is laid open with its keys in order, short values on one line', () => {
    const value = { b: [1, 2], a: { y: true, x: null }, c: 'x'.repeat(70), d: { long: 'y'.repeat(60) } };
    expect(jsonLines(value)).toEqual([
      '{',
      '  "a": { "x": null, "y": true },',
      '  "b": [1, 2],',
      `  "c": "${'x'.repeat(70)}",`,
      '  "d": {',
      `    "long": "${'y'.repeat(60)}"`,
      '  }',
      '}',
    ]);
  });

  test('shows sealed values as withheld, without quotes', () => {
    const params = { secret: { $hmac: 'hmac-sha256:1', $sealed: 'xyz' }, faked: '[withheld]' };
    expect(jsonLines(params)).toEqual(['{', '  "faked": "[withheld]",', '  "secret": [withheld]', '}']);
  });

  test('writes out what nobody would see', () => {
    expect(jsonText({ 'a\u200b': 'x\u202ey\u{e0001}\u2028' })).toBe(
      '{ "a\\u200b": "x\\u202ey\\udb40\\udc01\\u2028" }',
    );
  });

  test('is the same value, however it is laid out', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const whole = jsonLines(value).join('\n').replaceAll('[withheld]', '0');
        expect(JSON.parse(whole)).toEqual(JSON.parse(jsonText(value).replaceAll('[withheld]', '0')));
      }),
    );
  });

  test('stays in its code block', () => {
    const { text, isCut } = codeBlock(jsonLines({ a: '``` <!channel>' }), { width: 300, lines: 5 });
    expect(text).toBe('```\n{\n  "a": "\\u0060\\u0060\\u0060 &lt;!channel&gt;"\n}\n```');
    expect(isCut).toBe(false);
  });

  test('is cut where there is no more room, and says so', () => {
    fc.assert(
      fc.property(anyJson, anyBlock, (value, max) => {
        const lines = jsonLines(value);
        const { text, isCut } = codeBlock(lines, max);
        expectOurMarkup(text);
        expect(JSON.stringify(text).length - 2).toBeLessThanOrEqual(max.width);
        expect(text.split('\n').length).toBeLessThanOrEqual(max.lines + 3);
        const whole = lines.join('\n').replaceAll('`', '\\u0060');
        expect(isCut).toBe(shownIn(text) !== whole);
      }),
    );
  });

  test.each([
    [{ width: 400, lines: 3 }, '```\n{\n  "a": 1,\n  "b": 2,\n… 3 more lines\n```'],
    [{ width: 400, lines: 5 }, '```\n{\n  "a": 1,\n  "b": 2,\n  "c": 3,\n  "d": 4\n… 1 more line\n```'],
    [{ width: 60, lines: 5 }, '```\n{\n  "a": 1,\n… 4 more lines\n```'],
  ])('says how many lines are missing: within %j', (max, text) => {
    expect(codeBlock(jsonLines({ a: 1, b: 2, c: 3, d: 4 }), max)).toEqual({ text, isCut: true });
  });

  test('says so too behind a line that is cut itself', () => {
    const { text } = codeBlock(jsonLines({ a: 'x'.repeat(200), b: 2 }), { width: 100, lines: 5 });
    expect(text).toMatch(/^```\n{\n {2}"a": "x{10,}…\n… 2 more lines\n```$/);
  });

  test('is whole in several blocks, as long as there is room for it', () => {
    fc.assert(
      fc.property(anyJson, fc.integer({ min: 40, max: 300 }), (value, width) => {
        const { texts, isCut } = codeBlocks(jsonLines(value), { width, total: 20_000 });
        for (const text of texts) {
          expectOurMarkup(text);
          expect(JSON.stringify(text).length - 2).toBeLessThanOrEqual(width);
        }
        if (isCut) return;
        const whole = jsonLines(value).join('').replaceAll('`', '\\u0060');
        expect(texts.map(shownIn).join('').replaceAll('\n', '')).toBe(whole);
      }),
    );
  });
});

/** What people read in a code block. */
function shownIn(block: string): string {
  const inner = block.slice('```\n'.length, -'\n```'.length);
  return inner.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

describe('what we write ourselves', () => {
  test('a moment is drawn in the zone of who reads it', () => {
    expect(date('2026-01-01T10:00:00.000Z')).toBe(
      '<!date^1767261600^{date_short_pretty} at {time}|2026-01-01 10:00 UTC>',
    );
    expect(utc('2026-01-01T10:00:59.999Z')).toBe('2026-01-01 10:00 UTC');
    expect(date('<!channel>')).toBe('&lt;!channel&gt;');
  });

  test.each([
    undefined,
    '',
    'javascript:alert(1)',
    '/relative',
    'https://',
    `https://x.example/${'y'.repeat(1000)}`,
  ])('%j is no link', (url) => {
    expect(link(url, 'label')).toBeNull();
  });

  test('nothing of an address ends its link early', () => {
    expect(webAddress('https://x.example/a|b>c<d e?f=`g`#h>i|j')).toMatch(
      /^https:\/\/x\.example\/[^\s<>|]+$/,
    );
    expect(link('https://x.example/?a=1&b=2', 'label')).toBe('<https://x.example/?a=1&amp;b=2|label>');
  });

  test('a list says how many are missing', () => {
    const names = ['a', 'b', 'c', 'd'];
    expect(joinWithin(names, ', ', { width: 100, parts: 10 })).toBe('a, b, c, d');
    expect(joinWithin(names, ', ', { width: 100, parts: 2 })).toBe('a, b and 2 more');
    expect(joinWithin(names, ', ', { width: 4, parts: 10 })).toBe('a, b and 2 more');
    expect(joinWithin(names, ', ', { width: 0, parts: 10 })).toBe('a and 3 more');
    expect(joinWithin([], ', ', { width: 10, parts: 10 })).toBe('');
  });
});
