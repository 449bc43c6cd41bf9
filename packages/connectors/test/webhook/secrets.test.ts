import { afterEach, describe, expect, test } from '@jest/globals';
import { webhookConnector } from '../../src/webhook/connector.ts';
import { callOf, everythingTold } from '../support/calls.ts';
import { answer, hangUp, startServer, type TestServer } from '../support/server.ts';

const KEY = Buffer.from('sentinel-signing-key-0123456789').toString('base64');
const SENTINELS = [KEY, 'sentinel-bearer', 'sentinel-api-key/+'];

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
});

function connector(url: string) {
  return webhookConnector(
    {
      secrets: [`whsec_${KEY}`],
      endpoints: [
        { url, headers: { authorization: 'Bearer sentinel-bearer', 'x-api-key': 'sentinel-api-key/+' } },
      ],
      allowHttp: true,
      allowAddresses: ['127.0.0.1'],
    },
    { now: Date.now },
  );
}

describe('secrets', () => {
  test.each([
    ['a receiver that echoes all it gets', 200],
    ['one that does so in a refusal', 400],
  ])('are not told by %s', async (_, status) => {
    server = await startServer((request, response) => {
      const { authorization, 'x-api-key': key } = request.headers;
      answer(response, status, {
        id: `${authorization}`,
        url: `https://x.example/?k=${encodeURIComponent(String(key))}`,
        location: KEY,
      });
    });
    const told = await everythingTold(connector(server.url), callOf('post', { url: server.url, body: 1 }));
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer sentinel-bearer' });
    for (const sentinel of SENTINELS) {
      expect(told).not.toContain(sentinel);
      expect(told).not.toContain(encodeURIComponent(sentinel));
    }
    expect(told).toContain('configuredHeaders');
  });

  test('are not told when there is no answer', async () => {
    server = await startServer((_, response) => hangUp(response));
    const told = await everythingTold(connector(server.url), callOf('post', { url: server.url, body: 1 }));
    for (const sentinel of SENTINELS) expect(told).not.toContain(sentinel);
  });
});
