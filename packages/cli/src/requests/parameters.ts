import { readFileSync } from 'node:fs';
import { usageError } from '../cli-error.ts';

export type Parameters = Record<string, unknown>;

/**
 * Parameters of a request, as a command line gives them.
 * @param whole a JSON object, `@file`, or `-` for stdin
 * @param pairs `key=text` or `key:=json`; they win over `whole`
 */
export function readParameters(whole: string | undefined, pairs: readonly string[] = []): Parameters {
  const params: Parameters = whole === undefined ? {} : parseWhole(whole);
  for (const pair of pairs) {
    const [key, value] = parsePair(pair);
    Object.defineProperty(params, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return params;
}

function parseWhole(whole: string): Parameters {
  const text =
    whole === '-'
      ? readText(0, 'stdin')
      : whole.startsWith('@')
        ? readText(whole.slice(1), whole.slice(1))
        : whole;
  const value = parseJson(text, '--params');
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw usageError('--params must be a JSON object, such as {"version":"1.2.3"}');
  }
  return value as Parameters;
}

function parsePair(pair: string): [key: string, value: unknown] {
  const match = /^([^=:]+?)(:=|=)(.*)$/s.exec(pair);
  if (!match) throw usageError(`--param ${pair}: write key=text, or key:=json for anything else`);
  const [, key = '', sign, value = ''] = match;
  return [key, sign === '=' ? value : parseJson(value, `--param ${key}`)];
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usageError(`${where}: not JSON: ${(error as Error).message}`);
  }
}

function readText(source: string | 0, name: string): string {
  try {
    return readFileSync(source, 'utf8');
  } catch (error) {
    throw usageError(`--params: ${name} cannot be read: ${(error as Error).message}`);
  }
}
