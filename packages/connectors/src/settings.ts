import type { LookupFunction } from 'node:net';

/** A setting that can't be used. Says which and why, never its value. */
export class SettingsError extends Error {
  constructor(setting: string, why: string) {
    super(`${setting}: ${why}`);
    this.name = 'SettingsError';
  }
}

/** What connectors take from their surroundings. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Turns names into addresses; the system's way when absent. */
  readonly lookup?: LookupFunction;
}

/**
 * The URL of a service that credentials are sent to.
 * @throws SettingsError unless it is https, or http to this machine, with nothing but a path
 */
export function serviceUrl(setting: string, text: string): string {
  const url = URL.parse(text);
  if (!url) throw new SettingsError(setting, 'is not a URL');
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) {
    throw new SettingsError(setting, 'must be an https URL: credentials are sent there');
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new SettingsError(setting, 'must be a URL without user, password, query and fragment');
  }
  return url.href.replace(/\/+$/, '');
}
