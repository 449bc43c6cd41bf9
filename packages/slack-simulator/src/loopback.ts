import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import type { RequestHandler } from 'express';

/** @throws Error unless only this machine reaches the address */
export function checkLoopback(host: string): void {
  if (host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))) return;
  throw new Error(
    `host ${JSON.stringify(host)}: the simulator listens on a loopback address only, such as 127.0.0.1`,
  );
}

/**
 * Whether a request means us. A page of elsewhere that a browser here has open is turned away: by the Host header if a
 * name of its own leads to this machine, by the Origin header if it sends requests to our address.
 */
export function isMeantForUs(request: IncomingMessage): boolean {
  const { host, origin } = request.headers;
  if (host === undefined || !isLoopbackUrl(`http://${host}`)) return false;
  return origin === undefined || origin === `http://${host}`;
}

function isLoopbackUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return (
    hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))
  );
}

export const refuseStrangers: RequestHandler = (request, response, next) => {
  if (isMeantForUs(request)) return next();
  response.status(403).type('text/plain').send('Only for this machine: wrong Host or Origin header.\n');
};
