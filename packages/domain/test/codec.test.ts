import { readFileSync } from 'node:fs';
import {
  applyChain,
  canonicalJson,
  decodeEvent,
  decodeMetadata,
  eventSchemas,
  newestVersion,
  parseEvent,
  UnreadableEvent,
} from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import { ask, given } from './approval/given.ts';

const metadata = canonicalJson({ commandId: 'c', correlationId: 'say "schemaVersion":9', schemaVersion: 1 });
const stored = (type: string, data: unknown, more: object = {}) => ({
  stream: 'approval-1',
  revision: 0,
  type,
  data: typeof data === 'string' ? data : canonicalJson(data),
  metadata,
  ...more,
});
const asked = given(ask())[0];

describe('reading stored events', () => {
  test('gives the event back as it was written', () => {
    if (!asked) throw new Error('no event');
    expect(decodeEvent(stored(asked.type, asked.data))).toEqual(JSON.parse(JSON.stringify(asked)));
    expect(decodeMetadata(stored(asked.type, asked.data))).toMatchObject({ schemaVersion: 1 });
  });

  test.each([
    ['an unknown type', stored('SomethingElse', {})],
    ['text that is not JSON', stored('RequestExpired', '{')],
    ['metadata without a version', stored('RequestExpired', {}, { metadata: '{}' })],
    ['a version from the future', stored('RequestExpired', {}, { metadata: '{"schemaVersion":99}' })],
  ])('refuses %s', (_what, event) => {
    expect(() => parseEvent(event)).toThrow(UnreadableEvent);
    expect(() => decodeEvent(event)).toThrow(UnreadableEvent);
  });

  test('a body that does not fit its schema is refused where it decides something', () => {
    const broken = stored('RequestExpired', { at: 'now', expiresAt: 5 });
    expect(() => decodeEvent(broken)).toThrow(/RequestExpired at approval-1@0.*expiresAt/);
  });
});

describe('older versions', () => {
  test('go through every step from theirs on', () => {
    const chain = [
      (older: { n: number }) => ({ ...older, second: older.n + 1 }),
      (older: { second: number }) => ({ ...older, third: older.second + 1 }),
    ] as ((older: never) => unknown)[];
    expect(applyChain(chain, 1, { n: 1 })).toEqual({ n: 1, second: 2, third: 3 });
    expect(applyChain(chain, 2, { second: 5 })).toEqual({ second: 5, third: 6 });
    expect(applyChain(chain, 3, { third: 9 })).toEqual({ third: 9 });
  });

  test('a request written before there was Slack reads as it was written, and is told nowhere', () => {
    const body = readFileSync(
      new URL('./golden/ApprovalRequested.v1.json', import.meta.url),
      'utf8',
    ).trimEnd();
    const old = stored('ApprovalRequested', body);
    expect(newestVersion('ApprovalRequested')).toBe(2);
    expect(decodeEvent(old)).toEqual({ type: 'ApprovalRequested', data: JSON.parse(body) });
    expect(parseEvent(old).data).not.toHaveProperty('slack');
    const now = { ...JSON.parse(body), slack: { channel: '#deploys' } };
    const version2 = canonicalJson({ commandId: 'c', correlationId: 'c', schemaVersion: 2 });
    expect(decodeEvent(stored('ApprovalRequested', now, { metadata: version2 })).data).toMatchObject({
      slack: { channel: '#deploys' },
    });
  });

  test('every type has a newest version', () => {
    for (const type of Object.keys(eventSchemas))
      expect(newestVersion(type as never)).toBeGreaterThanOrEqual(1);
  });
});
