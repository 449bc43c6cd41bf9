import { isObject, type Json } from '../block-kit/place.ts';
import { SlackError } from '../workspace/slack-error.ts';

/** The arguments of one call: a form has everything as text, objects and arrays as JSON; a JSON body has them as they are. */
export interface Args {
  readonly all: Json;
  /** undefined when absent or empty. */
  text(name: string): string | undefined;
  /** @throws SlackError invalid_arguments */
  needed(name: string): string;
  flag(name: string): boolean;
  /** @throws SlackError invalid_limit */
  limit(fallback: number, max: number): number;
  /** undefined when absent. @throws SlackError with `code` when it is not JSON */
  json(name: string, code: string): unknown;
}

export function argsOf(all: Json): Args {
  const text = (name: string): string | undefined => {
    const value = all[name];
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    all,
    text,
    needed(name) {
      const value = text(name);
      if (value === undefined) throw new SlackError('invalid_arguments', [`missing required field: ${name}`]);
      return value;
    },
    flag: (name) => [true, 'true', '1', 1].includes(all[name] as boolean),
    limit(fallback, max) {
      const value = Number(text('limit') ?? fallback);
      if (!Number.isInteger(value) || value < 1 || value > max) throw new SlackError('invalid_limit');
      return value;
    },
    json(name, code) {
      const value = all[name];
      if (value === undefined || value === '') return undefined;
      if (typeof value !== 'string') return value;
      try {
        return JSON.parse(value);
      } catch {
        throw new SlackError(code);
      }
    },
  };
}

/** As Slack's clients send it: in the header, or among the arguments. */
export function tokenOf(authorization: string | undefined, all: Json): string | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  return bearer ?? (typeof all.token === 'string' && all.token !== '' ? all.token : undefined);
}

export function bodyOf(body: unknown): Json {
  return isObject(body) ? body : {};
}
