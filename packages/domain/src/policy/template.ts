import type { Json } from '../canonical/json.ts';
import type { Path } from './errors.ts';

/** A place in a plan step's input that is filled in from the caller's parameters. */
export interface Template {
  /** Where in the input. */
  readonly path: Path;
  readonly text: string;
  /** Tokens below `payload`; null when the text between the braces is something else. */
  readonly tokens: readonly string[] | null;
  /** Stands in a key, where nothing is filled in. */
  readonly inKey: boolean;
}

const TEMPLATE = /\{\{(.*?)\}\}/gs;
const PAYLOAD = /^\s*payload((?:\.[A-Za-z0-9_-]+)+)\s*$/;

/** Every `{{…}}` in a step's input. */
export function templatesIn(input: Json, path: Path = []): Template[] {
  if (typeof input === 'string') return inText(input, path, false);
  if (Array.isArray(input))
    return input.flatMap((item, index) => templatesIn(item as Json, [...path, index]));
  if (input === null || typeof input !== 'object') return [];
  return Object.entries(input).flatMap(([key, value]) => [
    ...inText(key, [...path, key], true),
    ...templatesIn(value, [...path, key]),
  ]);
}

function inText(text: string, path: Path, inKey: boolean): Template[] {
  return [...text.matchAll(TEMPLATE)].map(([whole, inner = '']) => {
    const tokens = PAYLOAD.exec(inner)?.[1]?.slice(1).split('.') ?? null;
    return { path, text: whole, tokens, inKey };
  });
}
