import { canonicalJson, type Json } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import type { InputBlock, ModalView } from '@slack/types';
import fc from 'fast-check';
import { decodeMetadata, fieldOfPointer, modals, readEdit } from '../../src/render/index.ts';
import { formFields } from '../../src/render/modals/edit/fields.ts';
import { rendering } from '../../src/render/rendering.ts';
import { anyScene, REQUEST } from './arbitrary/lives.ts';
import { anyJson } from './arbitrary/words.ts';
import { actionsIn, expectSoundView } from './checks.ts';

const RUNS = { numRuns: 60 };

describe('whatever was asked', () => {
  test('every modal is one that Slack takes, and says what it was opened for', () => {
    fc.assert(
      fc.property(anyScene, fc.string({ unit: 'binary' }), ({ picture }, words) => {
        const { approval, revision } = picture;
        const target = { requestId: REQUEST, paramsHash: approval.paramsHash };
        const drawing = { revision, stage: approval.stage };
        const opened = [
          modals.deny(target, drawing),
          modals.cancel(target, drawing),
          modals.breakGlass(target, drawing),
          modals.edit(picture),
          modals.parameters(picture),
        ];
        for (const view of opened) {
          expectSoundView(view);
          expect(decodeMetadata(view.private_metadata)).toEqual({ target, drawing });
        }
        expectSoundView(modals.notice(words, words));
      }),
      RUNS,
    );
  });

  test('a form that is sent off as it was drawn edits nothing', () => {
    fc.assert(
      fc.property(anyScene, ({ picture }) => {
        const view = modals.edit(picture);
        expectSoundView(view);
        expect(readEdit(picture.approval, sentOff(view))).toEqual({ overrides: {} });
      }),
      RUNS,
    );
  });

  test('what is typed into a field is what the field is about, as a JSON value', () => {
    fc.assert(
      fc.property(anyScene, anyJson, fc.nat(), ({ picture: { approval } }, value, pick) => {
        const { fields } = formFields(approval);
        const field = fields[pick % Math.max(1, fields.length)];
        if (!field) return;
        const typed = typedFor(field.kind, value);
        if (typed === null) return;
        const read = readEdit(approval, { [field.blockId]: { value: typed } });
        const left = field.current !== undefined && canonicalJson(value) === canonicalJson(field.current);
        expect(read).toEqual({ overrides: left ? {} : Object.fromEntries([[field.key, value]]) });
      }),
      { numRuns: 60 },
    );
  });

  test('the form has a field for each key that may be edited, unless it holds what nobody may read', () => {
    fc.assert(
      fc.property(anyScene, ({ picture }) => {
        const { approval } = picture;
        const blockIds = modals.edit(picture).blocks.map((block) => block.block_id);
        const { leftOut } = formFields(approval);
        for (const key of approval.request.slate.overrides?.keys ?? []) {
          const token = key.replaceAll('~', '~0').replaceAll('/', '~1');
          const field = fieldOfPointer(approval, `/overrides/${token}/deep/0`);
          const value = Object.hasOwn(approval.params, key) ? approval.params[key] : null;
          const isSealed = JSON.stringify(value).includes('"$hmac"');
          expect(field === undefined).toBe(isSealed || leftOut.includes(key));
          if (field !== undefined) expect(blockIds).toContain(field);
        }
        const offered = actionsIn(rendering.message(picture)).includes('edit');
        const votable = actionsIn(rendering.message(picture)).includes('approve');
        expect(offered).toBe(votable && formFields(approval).fields.length > 0);
      }),
      RUNS,
    );
  });
});

type Values = Record<string, Record<string, Record<string, unknown>>>;

function sentOff(view: ModalView): Values {
  const values: Values = {};
  for (const block of view.blocks as InputBlock[]) {
    if (block.type !== 'input' || block.block_id === undefined) continue;
    const { element } = block;
    const held = {
      ...('initial_value' in element && { value: element.initial_value ?? null }),
      ...(element.type === 'static_select' && { selected_option: element.initial_option ?? null }),
    };
    values[block.block_id] = { [element.action_id ?? '']: { type: element.type, ...held } };
  }
  return values;
}

type Kind = ReturnType<typeof formFields>['fields'][number]['kind'];

/** How somebody would enter the value; null where the field can't take it. */
function typedFor(kind: Kind, value: Json): Record<string, unknown> | null {
  switch (kind.type) {
    case 'choice': {
      const index = kind.options.findIndex((option) => canonicalJson(option) === canonicalJson(value));
      return index === -1 ? null : { selected_option: { value: String(index) } };
    }
    case 'number':
      if (typeof value !== 'number' || (kind.isWhole && !Number.isInteger(value))) return null;
      return /e/.test(String(value)) ? null : { value: String(value) };
    case 'text':
      if (typeof value !== 'string' || value.trim() === '' || value.includes('\r')) return null;
      return value.trim() === kind.initial?.trim() ? null : { value };
    case 'json': {
      const exact = !canonicalJson(value).includes('1e+21');
      return exact ? { value: JSON.stringify(value, null, 1) } : null;
    }
  }
}
