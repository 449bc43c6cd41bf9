import { randomBytes } from 'node:crypto';
import type { SimulatorOptions } from './types.ts';

type Tokens = readonly [string, ...string[]];

export interface Secrets {
  readonly botTokens: Tokens;
  readonly appTokens: Tokens;
  readonly signingSecret: string;
}

/** Those given, else random ones. @throws Error for an empty list */
export function secretsOf(options: SimulatorOptions): Secrets {
  const random = randomBytes(16).toString('hex');
  return {
    botTokens: atLeastOne(options.botTokens, `xoxb-sim-${random}`, 'botTokens'),
    appTokens: atLeastOne(options.appTokens, `xapp-sim-${random}`, 'appTokens'),
    signingSecret: options.signingSecret ?? random,
  };
}

function atLeastOne(given: readonly string[] | undefined, own: string, name: string): Tokens {
  const [first = own, ...others] = given ?? [own];
  if (given?.length === 0) throw new Error(`${name}: needs at least one`);
  return [first, ...others];
}
