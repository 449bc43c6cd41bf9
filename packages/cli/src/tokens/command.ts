import { ROLES } from '@countersign/domain';
import { CliError, usageError } from '../cli-error.ts';
import { dataDirOf } from '../client/connect.ts';
import { EXIT } from '../exit-codes.ts';
import { type Format, present } from '../output/format.ts';
import type { Io } from '../output/io.ts';
import { parseDuration } from '../requests/duration.ts';
import { readDevFile } from './dev-file.ts';
import { mintToken } from './mint.ts';

export interface TokenOptions {
  readonly output: Format;
  readonly role?: readonly string[];
  readonly kind: 'human' | 'machine';
  readonly tenant?: string;
  readonly group?: readonly string[];
  readonly expiresIn: string;
}

/** `countersign token`: a token signed with `JWT_SECRET`, or with the secret of the development server beside us. */
export async function token(io: Io, sub: string, options: TokenOptions): Promise<number> {
  const { env } = io;
  const roles = options.role ?? ['requester'];
  const unknown = roles.find((role) => !ROLES.some((known) => known === role));
  if (unknown !== undefined) throw usageError(`--role ${unknown}: there are ${ROLES.join(', ')}`);
  const expiresInSec = Math.floor(parseDuration(options.expiresIn) / 1000);
  if (expiresInSec < 1) throw usageError('--expires-in must be a second or more');
  const { kind, tenant, group: groups } = options;
  const minted = await mintToken(
    { sub, roles, kind, tenant, groups },
    {
      secret: signingSecret(env),
      expiresInSec,
      issuer: env.JWT_ISSUER || undefined,
      audience: env.JWT_AUDIENCE || undefined,
    },
  );
  if (env.NODE_ENV === 'production')
    io.say('this token is good for the production server that has the same JWT_SECRET');
  present(io, options.output, { token: minted, sub, roles, kind, expiresInSec }, () => minted);
  return EXIT.ok;
}

export function signingSecret(env: NodeJS.ProcessEnv): string {
  const secret = env.JWT_SECRET || readDevFile(dataDirOf(env))?.jwtSecret;
  if (secret) return secret;
  throw new CliError('nothing to sign with: set JWT_SECRET, or start a development server in this DATA_DIR');
}
