import { SettingsError } from '../settings.ts';
import { type SigningKey, signingKey } from './sign.ts';

/** One receiver, or all below a path of it. */
export interface WebhookEndpoint {
  /** What the URLs of its calls begin with: scheme, host, port, and whole parts of the path. */
  readonly url: string;
  /** Its own signing secrets, instead of the general ones. */
  readonly secrets?: readonly string[];
  /** Headers for it alone, such as `authorization`. Values are secrets. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WebhookSettings {
  /** Standard Webhooks secrets (`whsec_…`). Every one signs, so that an old and a new one are good for a while. */
  readonly secrets?: readonly string[];
  readonly endpoints?: readonly WebhookEndpoint[];
  /** Whether `http` URLs are called too. */
  readonly allowHttp?: boolean;
  /** Addresses and ranges that are called although they are private, local or reserved. */
  readonly allowAddresses?: readonly string[];
  /** PEM certificates to trust instead of the system's. */
  readonly ca?: string;
  /** For a whole call; 20,000 when absent. */
  readonly timeoutMs?: number;
}

/** What goes with a call to a URL. */
export interface Receiver {
  readonly keys: readonly SigningKey[];
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Who a URL's receiver is by the settings: the endpoint that says the most of the URL, else the general secrets.
 * @throws SettingsError for a secret or an endpoint's URL that can't be used
 */
export function receivers({ secrets = [], endpoints = [] }: WebhookSettings): (url: URL) => Receiver {
  const general = keysOf('webhook.secrets', secrets);
  const known = endpoints
    .map(({ url, secrets: own, headers = {} }, index) => {
      const at = `webhook.endpoints[${index}]`;
      const parsed = URL.parse(url);
      if (!parsed || parsed.search || parsed.hash) {
        throw new SettingsError(`${at}.url`, 'must be a URL without query and fragment');
      }
      const keys = own ? keysOf(`${at}.secrets`, own) : general;
      return { origin: parsed.origin, path: parsed.pathname.replace(/\/+$/, ''), keys, headers };
    })
    .sort((a, b) => b.path.length - a.path.length);
  return ({ origin, pathname }) =>
    known.find((one) => one.origin === origin && `${pathname}/`.startsWith(`${one.path}/`)) ?? {
      keys: general,
      headers: {},
    };
}

/** Everything in the settings that must never be told. */
export function secretsIn({ secrets = [], endpoints = [] }: WebhookSettings): string[] {
  const headerValues = endpoints.flatMap(({ headers = {} }) => Object.values(headers));
  const signing = [...secrets, ...endpoints.flatMap((endpoint) => endpoint.secrets ?? [])];
  return [
    ...signing.flatMap((secret) => [secret, secret.replace(/^whsec_/, '')]),
    // "Bearer abc": the second word is the secret, with the first or without.
    ...headerValues.flatMap((value) => [value, value.replace(/^\S+\s+/, '')]),
  ];
}

function keysOf(setting: string, secrets: readonly string[]): SigningKey[] {
  return secrets.map((secret, index) => {
    const key = signingKey(secret);
    if (!key) {
      throw new SettingsError(`${setting}[${index}]`, 'must be "whsec_" and 24 to 64 random bytes in Base64');
    }
    return key;
  });
}
