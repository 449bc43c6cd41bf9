import type { RequestHandler, Response } from 'express';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Header that the page's own posts carry. Another site's page can't send it without being asked for leave first. */
export const OWN_HEADER = 'x-slack-simulator-page';

export const safeHeaders: RequestHandler = (_req, res, next) => {
  res.set({
    'Content-Security-Policy': POLICY,
    'Cache-Control': 'no-store',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  });
  next();
};

/**
 * Only what the page itself sends: neither a form, nor a script, of another site. Host and Origin are judged for all of
 * the simulator before.
 */
export const ownPost: RequestHandler = (req, res, next) => {
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin')
    return refuse(res, 403, 'Sec-Fetch-Site must be same-origin');
  if (req.headers[OWN_HEADER] !== '1') return refuse(res, 403, `header ${OWN_HEADER}: 1 is missing`);
  if (!req.is('application/json')) return refuse(res, 415, 'Content-Type must be application/json');
  next();
};

/** Every refusal of the page's server is one sentence in JSON. */
export function refuse(res: Response, status: number, error: string): void {
  res.status(status).json({ error });
}
