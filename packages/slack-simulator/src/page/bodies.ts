import type { Click } from '../types.ts';
import type { Values } from './wire.ts';

/** What a post of the page held was not what it must hold. */
export class BadBody extends Error {
  override readonly name = 'BadBody';
}

type Body = Readonly<Record<string, unknown>>;

const MAX_LIST = 100;
const MAX_VALUES = 100;

/** @throws BadBody saying which field, and what it may be */
export function clickOf(body: unknown): Click {
  const fields = only(body, ['user', 'channel', 'ts', 'actionId', 'blockId', 'selected']);
  const blockId = optional(fields, 'blockId', text);
  const selected = optional(fields, 'selected', texts);
  return {
    user: text(fields.user, 'user'),
    channel: text(fields.channel, 'channel'),
    ts: text(fields.ts, 'ts'),
    actionId: text(fields.actionId, 'actionId'),
    ...(blockId !== undefined && { blockId }),
    ...(selected !== undefined && { selected }),
  };
}

export interface ViewClick {
  readonly user: string;
  readonly actionId: string;
  readonly selected: readonly string[] | undefined;
  readonly values: Values;
}

export function viewClickOf(body: unknown): ViewClick {
  const fields = only(body, ['user', 'actionId', 'selected', 'values']);
  return {
    user: text(fields.user, 'user'),
    actionId: text(fields.actionId, 'actionId'),
    selected: optional(fields, 'selected', texts),
    values: values(fields.values),
  };
}

export function submissionOf(body: unknown): { readonly user: string; readonly values: Values } {
  const fields = only(body, ['user', 'values']);
  return { user: text(fields.user, 'user'), values: values(fields.values) };
}

export function userOf(body: unknown): string {
  return text(only(body, ['user']).user, 'user');
}

function only(body: unknown, names: readonly string[]): Body {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new BadBody('a JSON object is needed');
  const other = Object.keys(body).find((name) => !names.includes(name));
  if (other !== undefined) throw new BadBody(`${JSON.stringify(other)} is none of ${names.join(', ')}`);
  return body as Body;
}

function optional<T>(fields: Body, name: string, read: (value: unknown, name: string) => T): T | undefined {
  return fields[name] === undefined ? undefined : read(fields[name], name);
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new BadBody(`${name} must be a string`);
  return value;
}

function texts(value: unknown, name: string): readonly string[] {
  if (!Array.isArray(value) || value.length > MAX_LIST) {
    throw new BadBody(`${name} must be a list of at most ${MAX_LIST} strings`);
  }
  return value.map((item, index) => text(item, `${name}[${index}]`));
}

/** By block id. */
function values(value: unknown): Values {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadBody('values must be an object');
  }
  const entries = Object.entries(value);
  if (entries.length > MAX_VALUES) throw new BadBody(`values must have at most ${MAX_VALUES} entries`);
  return Object.fromEntries(
    entries.map(([blockId, held]) => [blockId, heldOf(held, `values[${JSON.stringify(blockId)}]`)]),
  );
}

function heldOf(value: unknown, name: string): Values[string] {
  if (value === null || typeof value === 'string') return value as string | null;
  if (Array.isArray(value)) return texts(value, name);
  throw new BadBody(`${name} must be a string, null or a list of at most ${MAX_LIST} strings`);
}
