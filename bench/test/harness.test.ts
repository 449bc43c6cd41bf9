import { describe, expect, test } from '@jest/globals';
import { putBetween } from '../harness/document.ts';
import { interleave } from '../harness/interleave.ts';
import { figure, latencies, median, percentile, spread, spreadText } from '../harness/stats.ts';
import { judge } from '../speed/benchmark.ts';
import { verdictOf } from '../speed/section.ts';
import { markOf, markReader } from '../speed/streams/sse-client.ts';

describe('statistics', () => {
  test('percentiles are nearest ranks', () => {
    const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(latencies(samples)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100, count: 100 });
    expect(percentile([7], 1)).toBe(7);
    expect(percentile([], 50)).toBeNaN();
  });

  test('medians of even and odd counts, with their range', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(spreadText(spread([1500, 1400, 1600]), ' /s')).toBe('1,500 /s [1,400–1,600]');
    expect([figure(0.1234), figure(12.34), figure(1234.5)]).toEqual(['0.12', '12.3', '1,235']);
  });
});

describe('comparing', () => {
  test('sides take turns, and who begins changes', async () => {
    const order: string[] = [];
    const side = (name: string) => async () => order.push(name);
    const results = await interleave(3, { a: side('a'), b: side('b') });
    expect(order.join('')).toBe('abbaab');
    expect(results.a).toHaveLength(3);
  });

  test.each([
    [0.5, { atLeast: 0.5 }, true, '≥ 0.5 ×'],
    [0.49, { atLeast: 0.5 }, false, '≥ 0.5 ×'],
    [1.3, { atMost: 1.3 }, true, '≤ 1.3 ×'],
    [1.31, { atMost: 1.3 }, false, '≤ 1.3 ×'],
  ])('a ratio of %d against %j is reached: %s', (ratio, target, reached, text) => {
    expect(judge(ratio, target)).toMatchObject({ reached, target: text });
  });

  test('what was skipped is not called reached', () => {
    const skipped = { what: 'w', yardstick: 'y', ours: '–', theirs: 'skipped: no', target: '≥ 50 ×' };
    expect(verdictOf(skipped)).toBe('skipped');
    expect(verdictOf({ ...skipped, measured: '1 ×', reached: false })).toBe('**not reached**');
    expect(verdictOf({ ...skipped, measured: '1 ×', target: 'for information' })).toBe('');
  });
});

describe('the document', () => {
  test('takes a table between its markers and leaves the rest', () => {
    const once = putBetween('# Performance\n', 'create', 'first');
    const twice = putBetween(`${once}\nby hand\n`, 'create', 'second');
    expect(twice).toBe('# Performance\n\n<!-- bench:create -->\nsecond\n<!-- /bench:create -->\n\nby hand\n');
  });
});

describe('marks in a stream', () => {
  const text = `data: {"mark":"${markOf(12)}"}\n\ndata: {"mark":"${markOf(7)}"}\n\n`;

  test.each([1, 3, 8, 9, 40, text.length])('are each found once in pieces of %d characters', (size) => {
    const found: number[] = [];
    const read = markReader((number) => found.push(number));
    for (let at = 0; at < text.length; at += size) read(text.slice(at, at + size), 0);
    expect(found).toEqual([12, 7]);
  });
});
