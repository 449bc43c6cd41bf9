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
    return { path, text: whole, tokens: tokensOf(inner), inKey };
  });
}

function tokensOf(inner: string): string[] | null {
  return PAYLOAD.exec(inner)?.[1]?.slice(1).split('.') ?? null;
}

/** A template within a text. */
export interface TemplatePart {
  readonly text: string;
  /** Tokens below `payload`. */
  readonly tokens: readonly string[];
}

/** A text as plain parts and templates, in order; joined, they are the text again. */
export function splitTemplates(text: string): (string | TemplatePart)[] {
  if (!text.includes('{{')) return [text];
  const parts: (string | TemplatePart)[] = [];
  let from = 0;
  for (const match of text.matchAll(TEMPLATE)) {
    const tokens = tokensOf(match[1] ?? '');
    if (!tokens) continue;
    if (match.index > from) parts.push(text.slice(from, match.index));
    parts.push({ text: match[0], tokens });
    from = match.index + match[0].length;
  }
  if (from < text.length || parts.length === 0) parts.push(text.slice(from));
  return parts;
}
