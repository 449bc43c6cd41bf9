import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  blockIdOf,
  decodeMetadata,
  decodeTarget,
  drawingOf,
  encodeMetadata,
  encodeTarget,
  targetOf,
} from '../../src/render/target.ts';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const anyTarget = fc.record({
  requestId: fc.uuid(),
  paramsHash: hex(64).map((digits) => `sha256:${digits}`),
});
const anyDrawing = fc.record({ revision: fc.nat(999_999_999), stage: fc.nat(49) });
const anyName = fc.constantFrom('actions', 'personas', 'show_all');

const TARGET = { requestId: '019b0000-0000-7000-8000-000000000001', paramsHash: `sha256:${'a'.repeat(64)}` };

describe('what comes back with a click', () => {
  test('is read as it was written, and fits where Slack carries it', () => {
    fc.assert(
      fc.property(
        anyTarget,
        anyDrawing,
        anyName,
        fc.option(fc.nat(99), { nil: undefined }),
        (target, drawing, name, n) => {
          expect(decodeTarget(encodeTarget(target))).toEqual(target);
          expect(encodeTarget(target).length).toBeLessThanOrEqual(2000);
          const id = blockIdOf(name, drawing, n);
          expect(id.length).toBeLessThanOrEqual(255);
          expect(drawingOf(id)).toEqual({ name, ...drawing, ...(n !== undefined && { n }) });
          expect(decodeMetadata(encodeMetadata(target, drawing))).toEqual({ target, drawing });
        },
      ),
    );
  });

  test.each([
    undefined,
    null,
    7,
    {},
    [],
    '',
    'approve',
    TARGET.requestId,
    ` ${encodeTarget(TARGET)}`,
    `${encodeTarget(TARGET)}\n`,
    encodeTarget(TARGET).toUpperCase(),
    encodeTarget({ ...TARGET, requestId: '../../etc/passwd' }),
    encodeTarget({ ...TARGET, paramsHash: 'sha256:00' }),
    encodeTarget({ ...TARGET, paramsHash: `sha512:${'a'.repeat(64)}` }),
    `${encodeTarget(TARGET)}/1`,
  ])('%j is no target', (value) => {
    expect(decodeTarget(value)).toBeNull();
  });

  test.each([
    undefined,
    null,
    3,
    '',
    'actions',
    'actions/1',
    'actions/1/',
    'actions/01/0',
    'actions/-1/0',
    'actions/1/1.5',
    'actions/1e3/0',
    'actions/1/0/2/3',
    'actions/9999999999/0',
    'Actions/1/0',
    '/1/0',
    'actions/1/0\n',
  ])('%j is no block of ours', (blockId) => {
    expect(drawingOf(blockId)).toBeNull();
  });

  test.each([
    undefined,
    '',
    '{}',
    encodeTarget(TARGET),
    `${encodeTarget(TARGET)}/1`,
    `${encodeTarget(TARGET)}/1/x`,
    `${encodeTarget(TARGET)}/1/2/3`,
  ])('%j is no metadata of ours', (text) => {
    expect(decodeMetadata(text)).toBeNull();
  });
});

describe('the target of a message', () => {
  const button = { type: 'button', action_id: 'deny', value: encodeTarget(TARGET) };

  test('is the one that its buttons carry', () => {
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: 'x' } },
      { type: 'actions', elements: [{ type: 'overflow', value: encodeTarget(TARGET) }, button] },
    ];
    expect(targetOf(blocks)).toEqual(TARGET);
  });

  test.each([
    undefined,
    null,
    'blocks',
    [],
    [null, 1, { elements: null }, { elements: [null, 'button', { type: 'button' }] }],
    [{ type: 'section', text: { type: 'mrkdwn', text: encodeTarget(TARGET) } }],
    [{ type: 'actions', elements: [{ ...button, value: 'else' }] }],
  ])('is null for %j', (blocks) => {
    expect(targetOf(blocks)).toBeNull();
  });
});
