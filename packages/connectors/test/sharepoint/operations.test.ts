import type { Connector } from '@countersign/domain';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SettingsError } from '../../src/settings.ts';
import { sharePointConnector } from '../../src/sharepoint/connector.ts';
import type { SharePointSettings } from '../../src/sharepoint/settings.ts';
import { callOf, everythingTold, resultOf } from '../support/calls.ts';
import { answer, closedPort, startServer } from '../support/server.ts';
import { type FakeMicrosoft, fakeMicrosoft, SITE, TENANT } from './fake.ts';

let microsoft: FakeMicrosoft;
let connector: Connector;
beforeEach(async () => {
  microsoft = await fakeMicrosoft();
  connector = connect();
});
afterEach(async () => {
  await microsoft.close();
  expect(microsoft.objections).toEqual([]);
});

function connect(settings: SharePointSettings = {}): Connector {
  const application = { tenantId: TENANT, clientId: 'app-1', clientSecret: microsoft.world.secret };
  const { url } = microsoft;
  return sharePointConnector(
    { application, graphUrl: url, loginUrl: url, ...settings },
    { now: () => microsoft.world.now },
  );
}

const MINUTE = 60_000;
function sent(minutesAgo: number, operation: string, input: object) {
  const at = new Date(microsoft.world.now - minutesAgo * MINUTE).toISOString();
  return callOf(operation, input, { sentFrom: at, sentUntil: at });
}

const file = { driveId: 'b!x', path: 'Reports/May #1.txt', content: 'hello' };
const item = { siteId: SITE, listId: 'Deploys done', fields: { Title: 'Deploy', Count: 2 } };
const routes = (): string[] => microsoft.seen.map(({ route }) => route);

describe('upload-file', () => {
  test('uploads it and tells where it is', async () => {
    expect(resultOf(await connector.execute(callOf('upload-file', file)))).toEqual({
      id: expect.any(String),
      name: 'May #1.txt',
      size: 5,
      url: 'https://contoso.example/Documents/Reports/May #1.txt',
    });
    expect(microsoft.world.files.get('Reports/May #1.txt')?.toString()).toBe('hello');
  });

  test("takes bytes in Base64, and a site's library instead of a drive", async () => {
    const { driveId, ...rest } = file;
    resultOf(
      await connector.execute(
        callOf('upload-file', { ...rest, siteId: SITE, content: 'AP8B', encoding: 'base64' }),
      ),
    );
    expect(microsoft.world.files.get(file.path)).toEqual(Buffer.from([0, 255, 1]));
    expect(microsoft.seen.at(-1)?.path).toContain(
      `/sites/${SITE}/drive/root:/Reports/May%20%231.txt:/content`,
    );
  });

  test.each([
    ['a part short of two', 3_276_800 * 2 - 1, 2],
    ['two parts', 3_276_800 * 2, 2],
    ['a byte more', 3_276_800 * 2 + 1, 3],
  ])('what is large goes in parts: %s', async (_, size, parts) => {
    const content = Buffer.alloc(size, 'abcdefg').toString();
    resultOf(await connector.execute(callOf('upload-file', { ...file, content })));
    expect(routes().filter((route) => route === 'upload PUT')).toHaveLength(parts);
    expect(microsoft.world.files.get(file.path)?.toString() === content).toBe(true);
  });

  test('what is there already with the same content is as good', async () => {
    const first = resultOf(await connector.execute(callOf('upload-file', file)));
    expect(
      resultOf(await connector.execute(callOf('upload-file', file, { idempotencyKey: 'another' }))),
    ).toEqual(first);
    expect(routes().filter((route) => route.startsWith('PUT'))).toHaveLength(1);
  });

  test.each([['hullo'], ['hello there'], ['']])(
    'what is there with another content (%j) is left as it is',
    async (other) => {
      microsoft.world.files.set(file.path, Buffer.from(other));
      expect(await connector.execute(callOf('upload-file', file))).toEqual({
        outcome: 'failed',
        transient: false,
        error: 'Reports/May #1.txt is there already, with another content',
      });
      expect(microsoft.world.files.get(file.path)?.toString()).toBe(other);
      expect(await connector.reconcile(callOf('upload-file', file))).toMatchObject({ found: 'cannot_tell' });
    },
  );

  test.each([
    ['the same content', 'hello', { outcome: 'succeeded' }],
    ['another', 'other', { outcome: 'failed', transient: false }],
  ])('one that comes there between the question and the upload, with %s', async (_, content, expected) => {
    microsoft.world.meanwhile = (route) => {
      if (route.startsWith('PUT')) microsoft.world.files.set(file.path, Buffer.from(content));
    };
    expect(await connector.execute(callOf('upload-file', file))).toMatchObject(expected);
    expect(microsoft.world.files.get(file.path)?.toString()).toBe(content);
  });

  test('lost, it is asked for by its place', async () => {
    expect(await connector.reconcile(sent(0, 'upload-file', file))).toEqual({ found: 'not_done' });
    const result = resultOf(await connector.execute(callOf('upload-file', file)));
    expect(await connector.reconcile(sent(0, 'upload-file', file))).toEqual({ found: 'done', result });
  });
});

describe('create-list-item', () => {
  test('creates it with its key, and tells where it is', async () => {
    expect(resultOf(await connector.execute(callOf('create-list-item', item)))).toEqual({
      id: '1',
      url: 'https://contoso.example/Lists/Deploys/1_.000',
    });
    expect(microsoft.world.items[0]?.fields).toEqual({
      Title: 'Deploy',
      Count: 2,
      CountersignKey: 'appr1-step1',
    });
  });

  test('is found by its key, though an empty page comes first', async () => {
    await connector.execute(callOf('create-list-item', item, { idempotencyKey: 'appr1-step12' }));
    const result = resultOf(await connector.execute(callOf('create-list-item', item)));
    microsoft.world.emptyPageFirst = true;
    expect(await connector.reconcile(sent(0, 'create-list-item', item))).toEqual({ found: 'done', result });
  });

  test('is not done once nothing can be on its way, where the column has an index', async () => {
    expect(await connector.reconcile(sent(1, 'create-list-item', item))).toMatchObject({
      found: 'ask_again',
      retryAfterMs: MINUTE,
    });
    expect(await connector.reconcile(sent(2, 'create-list-item', item))).toEqual({ found: 'not_done' });
  });

  test.each([
    ['is not indexed', { name: 'CountersignKey', indexed: false }],
    ['is not there', undefined],
  ])("can't be told to be missing where the column %s", async (why, column) => {
    await connector.execute(callOf('create-list-item', item));
    microsoft.world.column = column;
    microsoft.world.blindFilter = true;
    expect(await connector.reconcile(sent(5, 'create-list-item', item))).toEqual({
      found: 'cannot_tell',
      why: expect.stringContaining(why),
    });
  });

  test('a second one that the column of unique values refuses is the first', async () => {
    microsoft.world.column = { name: 'CountersignKey', indexed: true, enforceUniqueValues: true };
    const first = resultOf(await connector.execute(callOf('create-list-item', item)));
    expect(resultOf(await connector.execute(callOf('create-list-item', item)))).toEqual(first);
    expect(microsoft.world.items).toHaveLength(1);
  });

  test('a list without the column, or a column of the input, fails for good', async () => {
    const wrong = await connector.execute(callOf('create-list-item', { ...item, fields: { Color: 'red' } }));
    expect(wrong).toEqual({
      outcome: 'failed',
      transient: false,
      error: 'Graph answered 400 invalidRequest: invalidRequest.',
    });
    microsoft.world.column = undefined;
    expect(await connector.execute(callOf('create-list-item', item))).toMatchObject({
      outcome: 'failed',
      transient: false,
    });
    expect(microsoft.world.items).toHaveLength(0);
  });
});

describe('tokens', () => {
  test('are taken once for many calls, and anew five minutes before their end', async () => {
    const calls = ['a', 'b', 'c'].map((key) => callOf('create-list-item', item, { idempotencyKey: key }));
    (await Promise.all(calls.map((call) => connector.execute(call)))).map(resultOf);
    expect(microsoft.world.minted).toBe(1);
    microsoft.world.now += 55 * MINUTE - 1;
    resultOf(await connector.execute(callOf('create-list-item', item, { idempotencyKey: 'd' })));
    expect(microsoft.world.minted).toBe(1);
    microsoft.world.now += 1;
    resultOf(await connector.execute(callOf('create-list-item', item, { idempotencyKey: 'e' })));
    expect(microsoft.world.minted).toBe(2);
  });

  test('that are taken back are exchanged at the next try', async () => {
    resultOf(await connector.execute(callOf('create-list-item', item)));
    microsoft.world.tokens.clear();
    const again = callOf('create-list-item', item, { idempotencyKey: 'b' });
    expect(await connector.execute(again)).toMatchObject({ outcome: 'failed', transient: true });
    resultOf(await connector.execute(again));
    expect(microsoft.world.items).toHaveLength(2);
  });

  test('that do not come in time are not waited for', async () => {
    microsoft.failAt(0, 'stall-before');
    const outcome = await connect({ timeoutMs: 150 }).execute(callOf('create-list-item', item));
    expect(outcome).toEqual({ outcome: 'failed', transient: true, error: 'no answer: the time was over' });
  });

  test('that are refused fail for good, without the secret', async () => {
    const wrong = connect({
      application: { tenantId: TENANT, clientId: 'app-1', clientSecret: 'sentinel-wrong' },
    });
    const outcome = await wrong.execute(callOf('create-list-item', item));
    expect(outcome).toMatchObject({
      outcome: 'failed',
      transient: false,
      error: expect.stringContaining('AADSTS7000215'),
    });
    expect(JSON.stringify([outcome, await wrong.health(AbortSignal.timeout(5000))])).not.toContain(
      'sentinel',
    );
  });
});

describe('what Graph answers', () => {
  const login = (path: string): boolean => path.endsWith('/token');
  test.each([
    [400, {}, { outcome: 'failed', transient: false }],
    [403, {}, { outcome: 'failed', transient: false }],
    [404, {}, { outcome: 'failed', transient: false }],
    [302, { location: 'https://elsewhere.example' }, { outcome: 'failed', transient: false }],
    [423, {}, { outcome: 'failed', transient: true }],
    [429, { 'retry-after': '10' }, { outcome: 'failed', transient: true, retryAfterMs: 10_000 }],
    [429, {}, { outcome: 'failed', transient: true }],
    [503, { 'retry-after': '10' }, { outcome: 'failed', transient: true, retryAfterMs: 10_000 }],
    [503, {}, { outcome: 'unknown' }],
    [500, {}, { outcome: 'unknown' }],
    [504, {}, { outcome: 'unknown' }],
    [507, {}, { outcome: 'failed', transient: false }],
  ])('%i %j', async (status, headers, expected) => {
    const graph = await startServer((request, response) => {
      if (login(request.path)) answer(response, 200, { access_token: 'sentinel-t', expires_in: 3600 });
      else
        answer(
          response,
          status,
          { error: { code: 'someCode', message: 'why' } },
          headers as Record<string, string>,
        );
    });
    const outcome = await connect({ graphUrl: graph.url, loginUrl: graph.url }).execute(
      callOf('create-list-item', item),
    );
    await graph.close();
    expect(outcome).toMatchObject({
      ...expected,
      error: `Graph answered ${status} someCode: why${status === 302 ? ': redirects are not followed' : ''}`,
    });
  });

  test.each([[{}], [[]], ['text']])(
    'a success that says nothing of the item (%j) is not known to be one',
    async (body) => {
      const graph = await startServer((request, response) => {
        answer(response, 201, login(request.path) ? { access_token: 'sentinel-t', expires_in: 3600 } : body);
      });
      const outcome = await connect({ graphUrl: graph.url, loginUrl: graph.url }).execute(
        callOf('create-list-item', item),
      );
      await graph.close();
      expect(outcome).toMatchObject({ outcome: 'unknown' });
    },
  );

  test('a next page elsewhere is not gone to: the token would go there', async () => {
    const elsewhere = await startServer((_, response) => answer(response, 200, { value: [] }));
    const graph = await startServer((request, response) => {
      if (login(request.path)) answer(response, 200, { access_token: 'sentinel-t', expires_in: 3600 });
      else answer(response, 200, { value: [], '@odata.nextLink': `${elsewhere.url}/v1.0/x` });
    });
    const told = await connect({ graphUrl: graph.url, loginUrl: graph.url }).reconcile(
      sent(5, 'create-list-item', item),
    );
    await Promise.all([graph.close(), elsewhere.close()]);
    expect(told).toMatchObject({ found: 'cannot_tell' });
    expect(elsewhere.requests).toHaveLength(0);
  });

  test('nobody there: tried again, and asked again', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    const alone = connect({ graphUrl: url, loginUrl: url });
    expect(await alone.execute(callOf('upload-file', file))).toEqual({
      outcome: 'failed',
      transient: true,
      error: 'no connection: ECONNREFUSED',
    });
    expect(await alone.reconcile(callOf('upload-file', file))).toMatchObject({ found: 'ask_again' });
  });
});

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
    expect(connector.validate(operation, input as never)).toEqual([]);
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
    const found = connector.validate(operation, input as never).map(({ pointer }) => pointer);
    expect(found.toSorted()).toEqual([...pointers].toSorted());
  });

  test('content that is no Base64 is refused before anything is asked', async () => {
    expect(connector.validate('upload-file', { ...file, encoding: 'base64', content: 'not!' })).toEqual([
      { pointer: '/content', detail: 'must be Base64' },
    ]);
  });

  test('values that are templates yet are let through', () => {
    const template = '{{payload.x}}';
    expect(
      connector.validate(
        'upload-file',
        { driveId: template, path: `Reports/${template}`, content: template, encoding: template },
        true,
      ),
    ).toEqual([]);
    expect(
      connector.validate(
        'create-list-item',
        { siteId: template, listId: template, fields: { Title: template } },
        true,
      ),
    ).toEqual([]);
    expect(
      connector.validate('create-list-item', { siteId: template, listId: template, fields: template }, true),
    ).toEqual([]);
  });
});

describe('settings', () => {
  test.each<[SharePointSettings, string]>([
    [{ graphUrl: 'http://graph.example' }, 'sharepoint.graphUrl'],
    [{ loginUrl: 'login' }, 'sharepoint.loginUrl'],
    [{ keyColumn: "x' or 1" }, 'sharepoint.keyColumn'],
    [
      { application: { tenantId: 'a/b', clientId: 'c', clientSecret: 's' } },
      'sharepoint.application.tenantId',
    ],
    [{ application: { tenantId: 'a', clientId: '', clientSecret: 's' } }, 'sharepoint.application.clientId'],
    [
      { application: { tenantId: 'a', clientId: 'c', clientSecret: '' } },
      'sharepoint.application.clientSecret',
    ],
  ])('%j are refused', (settings, setting) => {
    expect(() => connect(settings)).toThrow(SettingsError);
    expect(() => connect(settings)).toThrow(setting);
  });

  test('the column for keys may be another', () => {
    const other = connect({ keyColumn: 'ApprovalStep' });
    expect(other.validate('create-list-item', { ...item, fields: { ApprovalStep: 'x' } })).toHaveLength(1);
    expect(other.validate('create-list-item', { ...item, fields: { CountersignKey: 'x' } })).toEqual([]);
  });

  test('health tells whether a token is to be had', async () => {
    expect(await connector.health(AbortSignal.timeout(5000))).toEqual({ status: 'ok' });
    const bare = sharePointConnector(undefined, { now: Date.now });
    expect(await bare.health(AbortSignal.timeout(5000))).toMatchObject({ status: 'unconfigured' });
    expect(await bare.execute(callOf('upload-file', file))).toMatchObject({
      outcome: 'failed',
      transient: false,
    });
  });
});

describe('secrets', () => {
  test('are not told, though Microsoft says them back', async () => {
    const echo = await startServer((request, response) => {
      const all = `${request.headers.authorization} ${request.body} ${decodeURIComponent(request.body.toString())}`;
      if (request.path.endsWith('/token'))
        answer(response, 200, { access_token: 'sentinel-token', expires_in: 3600 });
      else if (request.method === 'GET')
        answer(response, 404, { error: { code: 'itemNotFound', message: all } });
      else answer(response, 201, { id: all, webUrl: `https://x.example/${all}`, name: all, size: 1 });
    });
    const chatty = connect({ graphUrl: echo.url, loginUrl: echo.url });
    const told =
      (await everythingTold(chatty, callOf('create-list-item', item))) +
      (await everythingTold(chatty, callOf('upload-file', file)));
    await echo.close();
    expect(told).toContain('[secret]');
    expect(told).not.toContain('sentinel');
  });

  test('nor is the place that parts are uploaded to', async () => {
    const large = { ...file, content: 'x'.repeat(5_000_000) };
    microsoft.failAt(3, 'error-after');
    expect(JSON.stringify(await connector.execute(callOf('upload-file', large)))).not.toContain('sentinel');
    expect(await everythingTold(connector, callOf('upload-file', large))).not.toContain('sentinel');
  });
});
