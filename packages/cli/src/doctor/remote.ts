import { whoami } from '../client/api.ts';
import { type Connection, createHttp } from '../client/http.ts';
import { type Finding, look } from './finding.ts';

const TIMEOUT_MS = 5000;
/** Tokens carry times, and deadlines are the server's: clocks that differ more than this will confuse somebody. */
const SKEW_MS = 5000;

/** @param expected somebody said where the server is, so that it must be there */
export async function checkServer({ url }: Connection, expected: boolean): Promise<Finding[]> {
  const began = Date.now();
  let response: Response;
  try {
    response = await fetch(new URL('/readyz', url), {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
  } catch {
    return [{ what: 'server', state: expected ? 'failed' : 'warning', detail: `nothing answers at ${url}` }];
  }
  const body = await response.text();
  const ready = response.ok;
  const server: Finding = {
    what: 'server',
    state: ready ? 'ok' : 'failed',
    detail: ready ? `${url} is ready` : `${url} is not ready (${response.status}): ${body.slice(0, 500)}`,
  };
  return [server, clockFinding(response.headers.get('date'), began)];
}

/** The header has whole seconds; half of one is added, and the answer's way is taken as half of the whole. */
function clockFinding(date: string | null, began: number): Finding {
  const what = 'clock';
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return { what, state: 'warning', detail: 'the server does not tell its time' };
  const skew = theirs + 500 - (began + Date.now()) / 2;
  const off = `${(Math.abs(skew) / 1000).toFixed(1)} s ${skew < 0 ? 'ahead of' : 'behind'} the server's`;
  if (Math.abs(skew) <= SKEW_MS) return { what, state: 'ok', detail: 'agrees with the server’s' };
  return { what, state: 'failed', detail: `this machine's clock is ${off}` };
}

export async function checkToken(connection: Connection): Promise<Finding[]> {
  if (connection.token === undefined) return [];
  const finding = await look('token', async () => {
    const me = await whoami(createHttp({ ...connection, timeoutMs: TIMEOUT_MS }));
    return { state: 'ok', detail: `${me.person} (${me.kind}): ${me.roles.join(', ') || 'no roles'}` };
  });
  return [finding];
}
