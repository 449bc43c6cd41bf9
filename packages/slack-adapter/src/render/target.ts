import type { Drawing, Target } from './types.ts';

/**
 * What comes back with a click, in the three places that Slack gives back untouched: a button's value, a block's id
 * and a modal's `private_metadata`. Ids, hashes and numbers only: whoever clicks, and what is so, is looked up.
 * What reads them answers null for everything that was not written here.
 */

/** Place of a block in a drawing; several blocks of one name are told apart by `n`. */
export interface Place extends Drawing {
  readonly name: string;
  readonly n?: number;
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const HASH = 'sha256:[0-9a-f]{64}';
// Nine digits: more than any stream has events, and exact as a number.
const NUMBER = '0|[1-9][0-9]{0,8}';
const TARGET = new RegExp(`^(${UUID})/(${HASH})$`);
const BLOCK_ID = new RegExp(`^([a-z][a-z_]{0,39})/(${NUMBER})/(${NUMBER})(?:/(${NUMBER}))?$`);
const METADATA = new RegExp(`^(${UUID}/${HASH})/(${NUMBER})/(${NUMBER})$`);

/** `<request id>/<hash of the parameters>`, 108 characters. */
export function encodeTarget({ requestId, paramsHash }: Target): string {
  return `${requestId}/${paramsHash}`;
}

export function decodeTarget(value: unknown): Target | null {
  const [, requestId, paramsHash] = matched(TARGET, value);
  return requestId && paramsHash ? { requestId, paramsHash } : null;
}

/** `<name>/<revision>/<stage>`, and `/<n>` where given. */
export function blockIdOf(name: string, { revision, stage }: Drawing, n?: number): string {
  const place = `${name}/${revision}/${stage}`;
  return n === undefined ? place : `${place}/${n}`;
}

/** The drawing that a block belongs to, with the block's place in it. */
export function drawingOf(blockId: unknown): Place | null {
  const [, name, revision, stage, n] = matched(BLOCK_ID, blockId);
  if (!name || revision === undefined || stage === undefined) return null;
  return {
    name,
    revision: Number(revision),
    stage: Number(stage),
    ...(n !== undefined && { n: Number(n) }),
  };
}

/** For a modal's `private_metadata`: what it was opened for, and from which drawing. */
export function encodeMetadata(target: Target, { revision, stage }: Drawing): string {
  return `${encodeTarget(target)}/${revision}/${stage}`;
}

export function decodeMetadata(text: unknown): { target: Target; drawing: Drawing } | null {
  const [, value, revision, stage] = matched(METADATA, text);
  const target = decodeTarget(value);
  if (!target || revision === undefined || stage === undefined) return null;
  return { target, drawing: { revision: Number(revision), stage: Number(stage) } };
}

/**
 * The target of a message, read from the values of its own buttons: menus and checkboxes have no room for it.
 * @param blocks of the message a click came from, as Slack gives them back; anything else has no target
 */
export function targetOf(blocks: unknown): Target | null {
  for (const block of list(blocks)) {
    for (const element of list(member(block, 'elements'))) {
      const target = member(element, 'type') === 'button' ? decodeTarget(member(element, 'value')) : null;
      if (target) return target;
    }
  }
  return null;
}

function matched(pattern: RegExp, text: unknown): readonly (string | undefined)[] {
  return typeof text === 'string' ? (pattern.exec(text) ?? []) : [];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function member(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
