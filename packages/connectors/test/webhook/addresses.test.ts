import { randomBytes } from 'node:crypto';
import type { LookupAddress } from 'node:dns';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { webhookConnector } from '../../src/webhook/connector.ts';
import { callOf } from '../support/calls.ts';
import { answer, startServer, type TestServer } from '../support/server.ts';

const secrets = [`whsec_${randomBytes(24).toString('base64')}`];
let server: TestServer;
beforeAll(async () => {
  server = await startServer((_, response) => answer(response, 200, {}));
});
afterAll(() => server.close());

/** A connector whose names lead to the addresses given, one list per time it is asked. */
function resolving(lists: string[][], allowAddresses: string[] = []) {
  const asked: string[] = [];
  const connector = webhookConnector(
    { secrets, allowHttp: true, allowAddresses },
    {
      now: Date.now,
      lookup: (hostname, _, callback) => {
        asked.push(hostname);
        const list = (lists.length > 1 ? lists.shift() : lists[0]) ?? [];
        const found: LookupAddress[] = list.map((address) => ({
          address,
          family: address.includes(':') ? 6 : 4,
        }));
        callback(null, found);
      },
    },
  );
  return { asked, execute: (url: string) => connector.execute(callOf('post', { url, body: 1 })) };
}

const refused = (why: string) => ({
  outcome: 'failed',
  transient: false,
  error: expect.stringContaining(why),
});

describe('where a name leads', () => {
  test.each([
    [['127.0.0.1'], 'a loopback address'],
    [['::1'], 'not a global unicast address'],
    [['::ffff:127.0.0.1'], 'a loopback address'],
    [['169.254.169.254'], 'a link-local address'],
    [['8.8.8.8', '127.0.0.1'], 'a loopback address'],
    [['64:ff9b::7f00:1'], 'a loopback address'],
  ])('to %j is refused', async (addresses, why) => {
    const { execute } = resolving([addresses]);
    expect(await execute(`http://inner.example:${server.port}/`)).toEqual(refused(why));
    expect(server.connections()).toBe(0);
  });

  test('is looked up once, by the connection itself: a second answer has no say', async () => {
    const { execute, asked } = resolving([['127.0.0.1'], ['10.0.0.1']], ['127.0.0.1']);
    expect(await execute(`http://rebinding.example:${server.port}/`)).toMatchObject({ outcome: 'succeeded' });
    expect(asked).toEqual(['rebinding.example']);
  });

  test('is judged anew at every call: a public address yesterday says nothing of today', async () => {
    const before = server.connections();
    const { execute } = resolving([['127.0.0.1'], ['127.0.0.2']], ['127.0.0.1']);
    const url = `http://rebinding.example:${server.port}/`;
    expect(await execute(url)).toMatchObject({ outcome: 'succeeded' });
    expect(await execute(url)).toEqual(refused('a loopback address'));
    expect(server.connections()).toBe(before + 1);
  });

  test('a name that leads nowhere is tried again', async () => {
    expect(await resolving([[]]).execute('http://empty.example/')).toEqual({
      outcome: 'failed',
      transient: true,
      error: 'empty.example has no address',
    });
  });
});

describe('an address in the URL', () => {
  const connector = webhookConnector({ secrets, allowHttp: true }, { now: Date.now });

  test.each([
    ['http://127.0.0.1/'],
    ['http://127.1/'],
    ['http://2130706433/'],
    ['http://0x7f000001/'],
    ['http://0177.0.0.1/'],
    ['http://[::1]/'],
    ['http://[::ffff:7f00:1]/'],
    ['http://[::ffff:169.254.169.254]/'],
    ['http://[2002:7f00:1::]/'],
    ['http://[64:ff9b::127.0.0.1]/'],
    ['http://169.254.169.254/latest/meta-data/'],
    ['http://①②⑦.⓪.⓪.①/'],
  ])('%s is a fault of the input', async (url) => {
    const faults = connector.validate('post', { url, body: 1 });
    expect(faults).toEqual([{ pointer: '/url', detail: expect.stringContaining('public address') }]);
    expect(await connector.execute(callOf('post', { url, body: 1 }))).toMatchObject({
      outcome: 'failed',
      transient: false,
    });
  });
});
