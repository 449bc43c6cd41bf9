import type { LedgerUnavailable } from '@countersign/application';
import type { Refusal } from '@countersign/domain';
import { notDone, TEXTS, UNLINKED } from './texts.ts';

/** What became of a click, in plain words for whoever clicked. */
export type Told =
  /** The message itself will show it. */
  | { readonly kind: 'done' }
  /** All that was asked for was already so. */
  | { readonly kind: 'already'; readonly text: string }
  /** A rule said no. */
  | { readonly kind: 'refused'; readonly text: string; readonly refusal: Refusal }
  /** What was typed cannot be taken: by block id of the form's fields, what is wrong there. */
  | { readonly kind: 'invalid'; readonly fields: Readonly<Record<string, string>> }
  /** What was clicked cannot be carried out as it stands: the message is not of now. */
  | { readonly kind: 'outdated'; readonly text: string }
  /** Nobody said no: the same again may work. */
  | { readonly kind: 'failed'; readonly text: string }
  /** A call that was taken before: nobody is told anything. */
  | { readonly kind: 'dropped' };

export const DONE: Told = { kind: 'done' };
export const DROPPED: Told = { kind: 'dropped' };
export const OUTDATED: Told = { kind: 'outdated', text: TEXTS.outdated };
export const BUSY: Told = { kind: 'failed', text: TEXTS.busy };
export const LEDGER_SILENT: Told = { kind: 'failed', text: TEXTS.ledgerSilent };
export const BROKEN: Told = { kind: 'failed', text: TEXTS.broken };

export function already(what: string): Told {
  return { kind: 'already', text: `Nothing to do: ${what}.` };
}

export function refused(refusal: Refusal, isLinked: boolean): Told {
  return { kind: 'refused', text: notDone(refusal, isLinked), refusal };
}

/** There is none, or none that they may know of. */
export function noSuchRequest({ isLinked }: { readonly isLinked: boolean }): Told {
  const text = isLinked ? TEXTS.noSuchRequest : `${TEXTS.noSuchRequest} ${UNLINKED}`;
  return { kind: 'outdated', text };
}

export function ledgerSilent({ outcomeUnknown }: Pick<LedgerUnavailable, 'outcomeUnknown'>): Told {
  return outcomeUnknown ? { kind: 'failed', text: TEXTS.outcomeUnknown } : LEDGER_SILENT;
}

/** Several things at once, told as one: each sentence once, the gravest kind of all. */
export function together(parts: readonly Told[]): Told {
  const [gravest = DONE] = GRAVITY.flatMap((kind) => parts.filter((part) => part.kind === kind));
  const texts = new Set(parts.flatMap((part) => textOf(part) ?? []));
  return 'text' in gravest ? { ...gravest, text: [...texts].join(' ') } : gravest;
}

const GRAVITY: readonly Told['kind'][] = [
  'failed',
  'refused',
  'invalid',
  'outdated',
  'done',
  'already',
  'dropped',
];

/** What there is to say; null where nothing has to be said. */
export function textOf(told: Told): string | null {
  if (told.kind === 'done' || told.kind === 'dropped') return null;
  return told.kind === 'invalid' ? `Not done: ${Object.values(told.fields).join('; ')}` : told.text;
}
