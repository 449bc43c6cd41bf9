import { describe, expect, test } from '@jest/globals';
import { callOf, resultOf } from '../support/calls.ts';
import { SITE } from './double/world.ts';
import { bench, file } from './support.ts';

const here = bench();

describe('upload-file', () => {
  test('uploads it and tells where it is', async () => {
    expect(resultOf(await here.connector.execute(callOf('upload-file', file)))).toEqual({
      id: expect.any(String),
      name: 'May #1.txt',
      size: 5,
      url: 'https://contoso.example/Documents/Reports/May #1.txt',
    });
    expect(here.microsoft.world.files.get('Reports/May #1.txt')?.toString()).toBe('hello');
  });

  test("takes bytes in Base64, and a site's library instead of a drive", async () => {
    const { driveId, ...rest } = file;
    resultOf(
      await here.connector.execute(
        callOf('upload-file', { ...rest, siteId: SITE, content: 'AP8B', encoding: 'base64' }),
      ),
    );
    expect(here.microsoft.world.files.get(file.path)).toEqual(Buffer.from([0, 255, 1]));
    expect(here.microsoft.seen.at(-1)?.path).toContain(
      `/sites/${SITE}/drive/root:/Reports/May%20%231.txt:/content`,
    );
  });

  test.each([
    ['a part short of two', 3_276_800 * 2 - 1, 2],
    ['two parts', 3_276_800 * 2, 2],
    ['a byte more', 3_276_800 * 2 + 1, 3],
  ])('what is large goes in parts: %s', async (_, size, parts) => {
    const content = Buffer.alloc(size, 'abcdefg').toString();
    resultOf(await here.connector.execute(callOf('upload-file', { ...file, content })));
    expect(
      here.microsoft.seen.map(({ route }) => route).filter((route) => route === 'upload PUT'),
    ).toHaveLength(parts);
    expect(here.microsoft.world.files.get(file.path)?.toString() === content).toBe(true);
  });

  test('what is there already with the same content is as good', async () => {
    const first = resultOf(await here.connector.execute(callOf('upload-file', file)));
    expect(
      resultOf(await here.connector.execute(callOf('upload-file', file, { idempotencyKey: 'another' }))),
    ).toEqual(first);
    expect(
      here.microsoft.seen.map(({ route }) => route).filter((route) => route.startsWith('PUT')),
    ).toHaveLength(1);
  });

  test.each([['hullo'], ['hello there'], ['']])(
    'what is there with another content (%j) is left as it is',
    async (other) => {
      here.microsoft.world.files.set(file.path, Buffer.from(other));
      expect(await here.connector.execute(callOf('upload-file', file))).toEqual({
        outcome: 'failed',
        transient: false,
        error: 'Reports/May #1.txt is there already, with another content',
      });
      expect(here.microsoft.world.files.get(file.path)?.toString()).toBe(other);
      expect(await here.connector.reconcile(callOf('upload-file', file))).toMatchObject({
        found: 'cannot_tell',
      });
    },
  );

  test.each([
    ['the same content', 'hello', { outcome: 'succeeded' }],
    ['another', 'other', { outcome: 'failed', transient: false }],
  ])('one that comes there between the question and the upload, with %s', async (_, content, expected) => {
    here.microsoft.world.meanwhile = (route) => {
      if (route.startsWith('PUT')) here.microsoft.world.files.set(file.path, Buffer.from(content));
    };
    expect(await here.connector.execute(callOf('upload-file', file))).toMatchObject(expected);
    expect(here.microsoft.world.files.get(file.path)?.toString()).toBe(content);
  });

  test('lost, it is asked for by its place', async () => {
    expect(await here.connector.reconcile(here.sent(0, 'upload-file', file))).toEqual({ found: 'not_done' });
    const result = resultOf(await here.connector.execute(callOf('upload-file', file)));
    expect(await here.connector.reconcile(here.sent(0, 'upload-file', file))).toEqual({
      found: 'done',
      result,
    });
  });
});
