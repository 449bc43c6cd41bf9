import { blockFaults, viewFaults } from '@countersign/slack-simulator';
import { expect } from '@jest/globals';
import type { Drawn } from '../../src/render/types.ts';
import { LINKED } from './arbitrary/slates.ts';
import { CIPHERTEXT } from './arbitrary/words.ts';

/** What must hold of everything that is drawn, whoever wrote the words in it. */

export function expectSound(drawn: Drawn): void {
  expect(blockFaults(JSON.parse(JSON.stringify(drawn.blocks)), 'message')).toEqual([]);
  expect(JSON.stringify(drawn.blocks).length).toBeLessThanOrEqual(12_000);
  expect(drawn.text.trim()).not.toBe('');
  expect(drawn.text.length).toBeLessThanOrEqual(4000);
  expectOurMarkup(drawn.text);
  expectHarmless(drawn.blocks);
}

export function expectSoundView(view: unknown): void {
  expect(viewFaults(JSON.parse(JSON.stringify(view)))).toEqual([]);
  expectHarmless(view);
}

function expectHarmless(drawn: unknown): void {
  for (const { type, text } of textsIn(drawn)) {
    expect(text.trim()).not.toBe('');
    expect(text).not.toMatch(INVISIBLE);
    if (type === 'mrkdwn') expectOurMarkup(text);
    else expect(text).not.toMatch(/<[!@#]/);
  }
  expect(JSON.stringify(drawn)).not.toContain(CIPHERTEXT);
  expect(JSON.stringify(drawn)).not.toContain('hmac-sha256');
}

// Written out here a second time, so that the list that is tested is not the list that is used.
const INVISIBLE = new RegExp(
  [
    '[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u115f\\u1160\\u180e\\u200b-\\u200f\\u2028-\\u202e]',
    '[\\u034f\\u180b-\\u180d\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\u{e0000}-\\u{e0fff}]',
  ].join('|'),
  'u',
);
const DATE = /<!date\^\d+\^\{date_short_pretty\} at \{time\}\|\d{4}-\d\d-\d\d \d\d:\d\d UTC>/g;
const LINK = /<https?:\/\/[^\s<>|]+\|(See the request|Open in console|the console|[0-9a-f-]{36})>/g;
const CODE_BLOCK = /```\n[^`]*\n```/g;
const CODE_SPAN = /`[^`\n]+`/g;

/** Nothing is left of `<`, `>`, `&` and backticks once our own dates, links, mentions and code are taken away. */
export function expectOurMarkup(mrkdwn: string): void {
  const mentions = [...mrkdwn.matchAll(/<@([^>]*)>/g)].map(([, user]) => user);
  expect(mentions.filter((user) => !LINKED.includes(user ?? ''))).toEqual([]);
  const rest = mrkdwn
    .replace(DATE, '')
    .replace(LINK, '')
    .replace(/<@[UW][A-Z0-9]+>/g, '');
  expect(rest).not.toMatch(/[<>]/);
  expect(rest).not.toMatch(/&(?!amp;|lt;|gt;)/);
  expect(rest.replace(CODE_BLOCK, '').replace(CODE_SPAN, '')).not.toContain('`');
}

interface Text {
  readonly type: string;
  readonly text: string;
}

/** Every text object. */
export function textsIn(value: unknown): Text[] {
  if (value === null || typeof value !== 'object') return [];
  const { type, text } = value as Partial<Text>;
  if ((type === 'mrkdwn' || type === 'plain_text') && typeof text === 'string') return [{ type, text }];
  return Object.values(value).flatMap(textsIn);
}

interface Element {
  readonly type: string;
  readonly action_id?: string;
  readonly value?: string;
  readonly url?: string;
  readonly options?: readonly {
    readonly value: string;
    readonly url?: string;
    readonly text: { readonly text: string };
  }[];
  readonly initial_options?: readonly { readonly value: string }[];
  readonly blockId: string;
}

/** What can be clicked on in a message. */
export function elementsIn(drawn: Drawn): Element[] {
  return drawn.blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.map((element) => ({ ...element, blockId: block.block_id }) as unknown as Element)
      : [],
  );
}

export function actionsIn(drawn: Drawn): string[] {
  return elementsIn(drawn).map((element) => element.action_id ?? '');
}
