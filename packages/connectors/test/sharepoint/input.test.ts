import { describe, expect, test } from '@jest/globals';
import { SITE } from './double/world.ts';
import { bench, file, item } from './support.ts';

const here = bench();

describe('inputs', () => {
  test.each([
    ['upload-file', { ...file, path: 'a' }],
    ['upload-file', { ...file, path: "Über uns/Preis (neu) 100 %/don't.txt" }],
    ['create-list-item', item],
    [
      'create-list-item',
      { ...item, fields: { Tags: ['a', 'b'], 'Tags@odata.type': 'Collection(Edm.String)', Done: null } },
    ],
  ])('%s %j is good', (operation, input) => {
    expect(here.connector.validate(operation, input as never)).toEqual([]);
  });

  test.each([
    ['upload-file', {}, ['/path', '/content']],
    ['upload-file', { path: 'a', content: '' }, ['']],
    ['upload-file', { ...file, siteId: SITE }, ['']],
    ['upload-file', { ...file, driveId: 'a/b' }, ['/driveId']],
    ['upload-file', { ...file, path: '../a' }, ['/path']],
    ['upload-file', { ...file, path: '/a' }, ['/path']],
    ['upload-file', { ...file, path: 'a:/content' }, ['/path']],
    ['upload-file', { ...file, path: 'a/~$b.docx' }, ['/path']],
    ['upload-file', { ...file, encoding: 'hex' }, ['/encoding']],
    ['create-list-item', { ...item, siteId: 'root' }, ['/siteId']],
    ['create-list-item', { ...item, listId: '../x' }, ['/listId']],
    ['create-list-item', { ...item, fields: {} }, ['/fields']],
    ['create-list-item', { ...item, fields: { CountersignKey: 'mine' } }, ['/fields/CountersignKey']],
    ['create-list-item', { ...item, fields: { 'a b': 1, Title: {} } }, ['/fields/a b', '/fields/Title']],
  ])('%s %j has faults at %j', (operation, input, pointers) => {
    const found = here.connector.validate(operation, input as never).map(({ pointer }) => pointer);
    expect(found.toSorted()).toEqual([...pointers].toSorted());
  });

  test('content that is no Base64 is refused before anything is asked', async () => {
    expect(here.connector.validate('upload-file', { ...file, encoding: 'base64', content: 'not!' })).toEqual([
      { pointer: '/content', detail: 'must be Base64' },
    ]);
  });

  test('values that are templates yet are let through', () => {
    const template = '{{payload.x}}';
    expect(
      here.connector.validate(
        'upload-file',
        { driveId: template, path: `Reports/${template}`, content: template, encoding: template },
        true,
      ),
    ).toEqual([]);
    expect(
      here.connector.validate(
        'create-list-item',
        { siteId: template, listId: template, fields: { Title: template } },
        true,
      ),
    ).toEqual([]);
    expect(
      here.connector.validate(
        'create-list-item',
        { siteId: template, listId: template, fields: template },
        true,
      ),
    ).toEqual([]);
  });
});
