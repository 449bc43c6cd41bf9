import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addressJudge } from '../../src/http/address.ts';
import { connect } from '../../src/http/connect.ts';
import { HttpFault } from '../../src/http/fault.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer(() => {});
});
afterAll(() => server.close());

const open = (): AbortSignal => AbortSignal.timeout(5000);
const faultOf = async (connecting: Promise<unknown>): Promise<HttpFault> => {
  const error: unknown = await connecting.catch((thrown: unknown) => thrown);
  if (!(error instanceof HttpFault)) throw new Error(`no fault: ${error}`);
  return error;
};

describe('a connection', () => {
  test.each([['127.0.0.1'], ['[::ffff:127.0.0.1]'], ['localhost']])(
    'to %s is not made where it is refused',
    async (host) => {
      const fault = await faultOf(
        connect(new URL(`http://${host}:${server.port}`), { judge: addressJudge([]) }, open()),
      );
      expect(fault).toMatchObject({
        sent: false,
        lasting: true,
        message: expect.stringContaining('is refused: '),
      });
      expect(server.connections()).toBe(0);
    },
  );

  test.each([['127.0.0.1'], ['localhost']])('to %s is made where it is allowed', async (host) => {
    const judge = addressJudge(['127.0.0.0/8', '::1']);
    const socket = await connect(new URL(`http://${host}:${server.port}`), { judge }, open());
    expect(socket.remotePort).toBe(server.port);
    socket.destroy();
  });

  test('that is not made in time is certainly not one', async () => {
    const ending = new AbortController();
    const connecting = connect(
      new URL('http://slow.example'),
      // A name that is never found; the time ends meanwhile.
      { lookup: () => ending.abort() },
      ending.signal,
    );
    expect(await faultOf(connecting)).toMatchObject({ sent: false, lasting: false });
  });
});
