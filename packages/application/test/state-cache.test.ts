import { createStateCache } from '@countersign/application';
import { expect, test } from '@jest/globals';

const folded = (size: number, revision = 0) => ({ state: 'x', revision, position: '', size });

test('the least recently used go first, by number and by size', () => {
  const few = createStateCache<string>(2);
  for (const stream of ['a', 'b']) few.set(stream, folded(1));
  few.get('a');
  few.set('c', folded(1));
  expect(['a', 'b', 'c'].map((stream) => few.get(stream) !== undefined)).toEqual([true, false, true]);

  const small = createStateCache<string>(100, 10);
  for (const stream of ['a', 'b', 'c']) small.set(stream, folded(4));
  expect(['a', 'b', 'c'].map((stream) => small.get(stream) !== undefined)).toEqual([false, true, true]);
  small.delete('b');
  small.set('c', folded(5, 1));
  small.set('d', folded(5));
  expect(small.get('c')?.revision).toBe(1);
  small.set('huge', folded(11));
  expect(['c', 'd', 'huge'].map((stream) => small.get(stream))).toEqual([undefined, undefined, undefined]);
});

test('an older state does not take the place of a newer one', () => {
  const cache = createStateCache<string>(2);
  cache.set('a', folded(1, 3));
  cache.set('a', folded(1, 2));
  expect(cache.get('a')?.revision).toBe(3);
});
