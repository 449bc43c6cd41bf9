import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseDuration } from '../../src/requests/duration.ts';
import { readParameters } from '../../src/requests/parameters.ts';

describe('parameters', () => {
  test('text, JSON, and what is in the text after the first sign', () => {
    const pairs = [
      'version=1.4.2',
      'replicas:=3',
      'query=a=b:=c',
      'empty=',
      'url=http://x/?a=1',
      'list:=[1,"a=b"]',
    ];
    expect(readParameters(undefined, pairs)).toEqual({
      version: '1.4.2',
      replicas: 3,
      query: 'a=b:=c',
      empty: '',
      url: 'http://x/?a=1',
      list: [1, 'a=b'],
    });
  });

  test('pairs win over the whole', () => {
    expect(readParameters('{"a":1,"b":2}', ['b:=3'])).toEqual({ a: 1, b: 3 });
  });

  test('a file', () => {
    const dir = mkdtempSync(join(tmpdir(), 'countersign-'));
    try {
      writeFileSync(join(dir, 'p.json'), '{"a":{"b":[1]}}');
      expect(readParameters(`@${join(dir, 'p.json')}`)).toEqual({ a: { b: [1] } });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  test('a key called __proto__ is a key', () => {
    const params = readParameters(undefined, ['__proto__=x']);
    expect(Object.keys(params)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
  });

  test.each([
    ['[1]', []],
    ['null', []],
    ['{', []],
    ['@/nowhere/at/all.json', []],
    [undefined, ['novalue']],
    [undefined, ['=x']],
    [undefined, ['a:=oops']],
  ])('%s %j is wrong usage', (whole, pairs) => {
    expect(() => readParameters(whole, pairs)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

test.each([
  ['90', 90_000],
  ['90s', 90_000],
  ['1.5m', 90_000],
  ['500ms', 500],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
])('duration %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each(['', '-1', 's', '1w', '1 h', 'soon'])('no duration: "%s"', (text) => {
  expect(() => parseDuration(text)).toThrow(expect.objectContaining({ exitCode: 2 }));
});
