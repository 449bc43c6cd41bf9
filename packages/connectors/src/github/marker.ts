import { hash } from 'node:crypto';
import { plainKey } from '../step/key.ts';

export const MARKER_START = '<!-- countersign:';

/** What a step is known again by in a text of GitHub's: a comment that its pages don't show. */
export function markerOf(idempotencyKey: string): string {
  return `${MARKER_START}${plainKey(idempotencyKey)} -->`;
}

/** A text with the step's marker below it. */
export function marked(text: string | undefined, idempotencyKey: string): string {
  return `${text ?? ''}\n\n${markerOf(idempotencyKey)}`.trimStart();
}

/** The branch that belongs to a step and to no other. */
export function branchOf(idempotencyKey: string): string {
  return `countersign/${hash('sha256', idempotencyKey, 'hex').slice(0, 24)}`;
}

/** How far GitHub's clock and ours may be apart. */
export const CLOCKS_APART_MS = 5 * 60_000;

/** GitHub ends a request after ten seconds; the rest is for its replicas to catch up. */
export const ON_ITS_WAY_MS = 60_000;
