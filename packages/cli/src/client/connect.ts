import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { readDevFile } from '../tokens/dev-file.ts';
import { type Connection, createHttp, type Http } from './http.ts';

/** What the options of a command say about the server. */
export interface ConnectOptions {
  readonly url?: string;
  readonly token?: string;
  readonly as?: string;
  readonly adminToken?: string;
}

const DEFAULT_URL = 'http://127.0.0.1:8080';

/** From options, then the environment, then what a development server left in `DATA_DIR`. */
export function connect(options: ConnectOptions, env: NodeJS.ProcessEnv): Http {
  return createHttp(connectionOf(options, env));
}

/** @throws CliError when there is nothing to call with */
export function connectAsSomebody(options: ConnectOptions, env: NodeJS.ProcessEnv): Http {
  const connection = connectionOf(options, env);
  if (connection.token !== undefined) return createHttp(connection);
  throw new CliError(
    'no token to call with: set COUNTERSIGN_TOKEN, or beside a development server add --as alice',
    EXIT.notAuthorised,
  );
}

/** @throws CliError when there is no admin token */
export function connectAsAdmin(options: ConnectOptions, env: NodeJS.ProcessEnv): Http {
  const connection = connectionOf(options, env);
  const adminToken = connection.adminToken ?? readDevFile(dataDirOf(env))?.adminToken;
  if (adminToken !== undefined) return createHttp({ ...connection, adminToken });
  throw new CliError('this needs the admin token: set ADMIN_TOKEN or add --admin-token', EXIT.notAuthorised);
}

export function dataDirOf(env: NodeJS.ProcessEnv): string {
  return env.DATA_DIR || 'data';
}

export function connectionOf(
  { url, token, as, adminToken }: ConnectOptions,
  env: NodeJS.ProcessEnv,
): Connection {
  return {
    url: checkUrl(url ?? (env.COUNTERSIGN_URL || readDevFile(dataDirOf(env))?.url) ?? DEFAULT_URL),
    token: as === undefined ? (token ?? (env.COUNTERSIGN_TOKEN || undefined)) : tokenOf(as, env),
    adminToken: adminToken ?? (env.ADMIN_TOKEN || undefined),
  };
}

function tokenOf(name: string, env: NodeJS.ProcessEnv): string {
  const dev = readDevFile(dataDirOf(env));
  if (!dev) {
    throw new CliError(
      `--as needs a development server's tokens, and there are none in ${dataDirOf(env)}; set COUNTERSIGN_TOKEN instead`,
      EXIT.notAuthorised,
    );
  }
  const token = Object.hasOwn(dev.tokens, name) ? dev.tokens[name] : undefined;
  if (token !== undefined) return token;
  throw new CliError(
    `nobody is called ${name} here; there are ${Object.keys(dev.tokens).join(', ')}`,
    EXIT.usage,
  );
}

function checkUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed && (parsed.protocol === 'http:' || parsed.protocol === 'https:')) return url;
  throw new CliError(`${JSON.stringify(url)} is not an http:// or https:// URL`, EXIT.usage);
}
