import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SettingsError, serviceUrl } from '../settings.ts';

/** A GitHub App. */
export interface GitHubApp {
  /** App id or client id. */
  readonly appId: string;
  /** PEM; line ends may be written as `\n`. */
  readonly privateKey: string;
  /** The one installation to act as; each repository's own is looked up when absent. */
  readonly installationId?: number;
}

export interface GitHubSettings {
  /** A token of a person or a machine, or an App. Without, the connector is unconfigured. */
  readonly auth?: { readonly token: string } | GitHubApp;
  /** `https://api.github.com` when absent; `https://<host>/api/v3` of an Enterprise Server. */
  readonly apiUrl?: string;
  /**
   * Whether to ask for the run that a workflow dispatch starts. By default wherever GitHub itself runs the API;
   * an Enterprise Server may not know the question yet.
   */
  readonly runDetails?: boolean;
  /** For one request; 30,000 when absent. */
  readonly timeoutMs?: number;
}

export const GITHUB_API = 'https://api.github.com';

/** @throws SettingsError */
export function apiUrlOf({ apiUrl }: GitHubSettings): string {
  return serviceUrl('github.apiUrl', apiUrl ?? GITHUB_API);
}

export function asksForRun({ runDetails }: GitHubSettings, apiUrl: string): boolean {
  return runDetails ?? (apiUrl === GITHUB_API || /^https:\/\/api\.[\w-]+\.ghe\.com$/.test(apiUrl));
}

/** @throws SettingsError when it is no RSA key in PEM */
export function privateKeyOf(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem.replaceAll('\\n', '\n'));
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // What it says of the text may hold parts of it.
  }
  throw new SettingsError('github.auth.privateKey', 'must be an RSA private key in PEM');
}

/** What must never be told. */
export function secretsIn({ auth }: GitHubSettings): string[] {
  if (!auth) return [];
  return 'token' in auth ? [auth.token] : [auth.privateKey, auth.privateKey.replaceAll('\\n', '\n')];
}
