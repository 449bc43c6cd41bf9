import { type ConnectOptions, connectionOf, dataDirOf } from '../client/connect.ts';
import { createHttp, type Http } from '../client/http.ts';
import { signingSecret } from '../tokens/command.ts';
import { readDevFile } from '../tokens/dev-file.ts';
import { mintToken } from '../tokens/mint.ts';
import { PERSONAS } from '../tokens/personas.ts';

/** Calls a server as the people of the example policy. */
export type People = Readonly<Record<'ci' | 'alice' | 'bob' | 'carol' | 'dan' | 'erin' | 'auditor', Http>>;

const TOKEN_LIFE_SEC = 3600;

/** With tokens minted under `JWT_SECRET`, or those that a development server left in `DATA_DIR`. */
export async function everybody(options: ConnectOptions, env: NodeJS.ProcessEnv): Promise<People> {
  const { url } = connectionOf(options, env);
  const tokens = env.JWT_SECRET
    ? await mintAll(env)
    : (readDevFile(dataDirOf(env))?.tokens ?? (await mintAll(env)));
  const all = Object.entries(tokens).map(([name, token]) => [name, createHttp({ url, token })] as const);
  return Object.fromEntries(all) as unknown as People;
}

async function mintAll(env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const minting = {
    secret: signingSecret(env),
    expiresInSec: TOKEN_LIFE_SEC,
    issuer: env.JWT_ISSUER || undefined,
    audience: env.JWT_AUDIENCE || undefined,
  };
  const minted = Object.entries(PERSONAS).map(
    async ([name, claims]) => [name, await mintToken(claims, minting)] as const,
  );
  return Object.fromEntries(await Promise.all(minted));
}
