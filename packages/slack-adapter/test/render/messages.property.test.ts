import { decide, missingPersonas, slateMembers, statusAt } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeTarget, drawingOf, personaOf, rendering, targetOf } from '../../src/render/index.ts';
import { anyScene, callerOf, REQUEST, type Scene } from './arbitrary/lives.ts';
import { actionsIn, elementsIn, expectSound, textsIn } from './checks.ts';

const RUNS = { numRuns: 60 };

describe('whatever was asked and whatever became of it', () => {
  test('the message is one that Slack takes, in which only our own words mean anything', () => {
    fc.assert(
      fc.property(anyScene, ({ picture }) => expectSound(rendering.message(picture))),
      RUNS,
    );
  });

  test('approving is offered exactly while an approval could count', () => {
    fc.assert(
      fc.property(anyScene, (scene) => {
        const { approval, now } = scene.picture;
        const offered = actionsIn(rendering.message(scene.picture)).includes('approve');
        expect(offered).toBe(statusAt(approval, now) === 'pending');
        if (someoneCounts(scene)) expect(offered).toBe(true);
      }),
      RUNS,
    );
  });

  test('nothing can be clicked once it has ended, and it says how it ended', () => {
    fc.assert(
      fc.property(anyScene, ({ picture }) => {
        const drawn = rendering.message(picture);
        const status = statusAt(picture.approval, picture.now);
        if (status === 'pending' || status === 'awaiting_personas') {
          expect(actionsIn(drawn)).toEqual(expect.arrayContaining(['deny', 'more']));
        } else {
          expect(elementsIn(drawn)).toEqual([]);
          const told = textsIn(drawn.blocks).map(({ text }) => text.toLowerCase());
          expect(told.filter((text) => text.includes(status)).length).toBeGreaterThanOrEqual(2);
        }
      }),
      RUNS,
    );
  });

  test('every click says which request, which plan and which drawing', () => {
    fc.assert(
      fc.property(anyScene, ({ picture }) => {
        const { approval, revision } = picture;
        const target = { requestId: REQUEST, paramsHash: approval.paramsHash };
        const drawn = rendering.message(picture);
        for (const element of elementsIn(drawn)) {
          expect(drawingOf(element.blockId)).toMatchObject({ revision, stage: approval.stage });
          if (element.type === 'button') expect(decodeTarget(element.value)).toEqual(target);
          expect(targetOf(JSON.parse(JSON.stringify(drawn.blocks)))).toEqual(target);
        }
      }),
      RUNS,
    );
  });

  test('while personas are missing, one that is missing can be acknowledged, and ticked is what is given', () => {
    fc.assert(
      fc.property(anyScene, ({ picture }) => {
        const { slate } = picture.approval.request;
        const missing = missingPersonas(picture.approval);
        const boxes = elementsIn(rendering.message(picture)).filter(
          (element) => element.type === 'checkboxes',
        );
        const isAwaiting = statusAt(picture.approval, picture.now) === 'awaiting_personas';
        expect(boxes.length > 0).toBe(isAwaiting);
        const shown = boxes.flatMap((box) => box.options ?? []).map(({ value }) => personaOf(slate, value));
        const ticked = boxes
          .flatMap((box) => box.initial_options ?? [])
          .map(({ value }) => personaOf(slate, value));
        expect(shown).not.toContain(null);
        expect(new Set(shown).size).toBe(shown.length);
        expect(ticked).toEqual(shown.filter((one) => !missing.includes(one ?? '')));
        if (!isAwaiting) return;
        expect(shown.length).toBeGreaterThanOrEqual(Math.min(10, slate.personas.length));
        expect(shown.some((one) => missing.includes(one ?? ''))).toBe(true);
      }),
      RUNS,
    );
  });

  test('a thread is told in at most 20 lines, whatever part of it is told', () => {
    fc.assert(
      fc.property(anyScene, fc.nat(30), fc.nat(60), ({ picture, happened }, from, count) => {
        const drawn = rendering.reply(picture, happened.slice(from, from + count));
        if (drawn === null) return;
        expectSound(drawn);
        const lines = textsIn(drawn.blocks).flatMap(({ text }) => text.split('\n'));
        expect(lines.length).toBeLessThanOrEqual(20);
      }),
      RUNS,
    );
  });

  test('what is sent elsewhere is as sound', () => {
    fc.assert(
      fc.property(anyScene, fc.nat(1), ({ picture, permalink }, rung) => {
        expectSound(rendering.outcome(picture, permalink));
        expectSound(rendering.brokenGlass(picture, permalink));
        expectSound(rendering.escalation(picture, rung, permalink));
      }),
      RUNS,
    );
  });
});

/** Whether the decider itself would count anybody's approval now. */
function someoneCounts({ picture: { approval, now } }: Scene): boolean {
  const { slate } = approval.request;
  return slateMembers(slate).some((person) => {
    const command = {
      type: 'Decide' as const,
      status: 'approved' as const,
      requestId: REQUEST,
      now,
      caller: callerOf(person, slate),
      stage: slate.stages[approval.stage]?.name ?? '',
      overrideLimits: { maxKeys: 5, maxChars: 500 },
    };
    return decide(command, approval).events.some((event) => event.type === 'ApprovalGranted');
  });
}
