import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction, connect as netConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { AddressJudge } from './address.ts';
import { HttpFault } from './fault.ts';

/** How connections are made. */
export interface ConnectOptions {
  /** Asked for every address a name leads to, at the moment the connection is made; absent: all may be reached. */
  readonly judge?: AddressJudge;
  /** PEM certificates to trust instead of the system's. */
  readonly ca?: string;
  /** Turns names into addresses; the system's way when absent. */
  readonly lookup?: LookupFunction;
}

/**
 * An open connection to a URL's host, with the certificate checked. Nothing of the request has been sent yet, so that
 * every failure in here is one of a request that certainly did not arrive.
 * @throws HttpFault with `sent: false`
 */
export async function connect(url: URL, options: ConnectOptions, signal: AbortSignal): Promise<Socket> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  // An address in the URL is never looked up, so it is judged here.
  const refused = isIP(host) ? options.judge?.(host) : undefined;
  if (refused !== undefined) throw refusal(host, refused);
  if (signal.aborted) throw ended();
  const target = {
    host,
    port: Number(url.port || (secure ? 443 : 80)),
    lookup: judgedLookup(options.lookup ?? systemLookup, options.judge),
  };
  const socket = secure
    ? tlsConnect({
        ...target,
        ALPNProtocols: ['http/1.1'],
        ...(isIP(host) ? {} : { servername: host }),
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      })
    : netConnect(target);
  return opened(socket, secure ? 'secureConnect' : 'connect', signal);
}

function opened(socket: Socket, event: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const giveUp = (fault: HttpFault): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      reject(fault);
    };
    const onAbort = (): void => giveUp(ended());
    signal.addEventListener('abort', onAbort, { once: true });
    // Stays on: an error between here and the request's own listeners must not bring the process down.
    socket.on('error', (error) => giveUp(faultOf(error)));
    socket.once(event, () => {
      signal.removeEventListener('abort', onAbort);
      resolve(socket);
    });
    // An end that came while the connection was begun is not told again.
    if (signal.aborted) onAbort();
  });
}

function ended(): HttpFault {
  return new HttpFault('the time was over before there was a connection', { sent: false });
}

function refusal(host: string, kind: string): HttpFault {
  return new HttpFault(`${host} is refused: ${kind}`, { sent: false, lasting: true });
}

function faultOf(error: Error): HttpFault {
  if (error instanceof HttpFault) return error;
  const { code = error.message } = error as NodeJS.ErrnoException;
  const lasting = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|HOSTNAME_MISMATCH/.test(code);
  return new HttpFault(`no connection: ${code}`, { sent: false, lasting });
}

/**
 * The lookup the socket itself uses, so that what is judged is what is connected to: a name that leads elsewhere the
 * second time it is asked for gains nothing. One refused address among several refuses the name.
 */
function judgedLookup(lookup: LookupFunction, judge: AddressJudge | undefined): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const addresses = Array.isArray(found) ? found : [{ address: found, family: isIP(found) }];
      const [first] = addresses;
      if (!first) return callback(new HttpFault(`${hostname} has no address`, { sent: false }), []);
      for (const { address } of addresses) {
        const refused = judge?.(address);
        if (refused !== undefined) return callback(refusal(hostname, refused), []);
      }
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
