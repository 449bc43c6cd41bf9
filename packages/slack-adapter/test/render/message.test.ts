import { STATUSES, type Status } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import { personaOf, rendering } from '../../src/render/index.ts';
import { headlineOf } from '../../src/render/parts/headline.ts';
import type { Picture } from '../../src/render/types.ts';
import { actionsIn, elementsIn, expectSound, textsIn } from './checks.ts';
import {
  acknowledges,
  approves,
  ask,
  at,
  denies,
  does,
  escalates,
  group,
  picture,
  slate,
  users,
} from './given.ts';

function linesOf(of: Picture): string[] {
  return textsIn(rendering.message(of).blocks).map(({ text }) => text);
}

function lineWith(of: Picture, word: string): string {
  const line = linesOf(of).find((text) => text.includes(word));
  expect(line).toBeDefined();
  return line ?? '';
}

const crowd = Array.from({ length: 17 }, (_, index) => `person-${index}`);
const withPersona = (...names: string[]) =>
  ask({ slate: slate({ personas: names.map((name) => ({ name, from: group('sre') })) }) });

describe('progress', () => {
  test('names what is missing and who could give it', () => {
    expect(lineWith(picture([ask()]), 'eeds')).toBe('Needs 2 of sre (<@U0BOB>, carol, frank)');
  });

  test('leaves out who has voted', () => {
    const of = picture([ask(), approves('carol')]);
    expect(lineWith(of, 'eeds')).toBe('Needs 1 more of sre (<@U0BOB>, frank)');
    expect(lineWith(of, '✓')).toBe('✓ approved by carol');
  });

  test('leaves out the requester, on whose behalf it is and whose key it was, unless they may approve', () => {
    const asked = { onBehalfOf: 'bob', owner: 'carol' };
    const from = slate({ stages: [{ name: 'approval', require: [{ from: group('sre'), min: 1 }] }] });
    expect(lineWith(picture([ask({ ...asked, slate: from })]), 'eeds')).toBe('Needs 1 of sre (frank)');
    const selfApproved = ask({ ...asked, slate: { ...from, allowSelfApproval: true } });
    expect(lineWith(picture([selfApproved]), 'eeds')).toBe('Needs 1 of sre (<@U0BOB>, carol, frank)');
  });

  test('counts one person for one place, by the matching that decides', () => {
    const both = {
      name: 'both',
      require: [
        { from: users('bob', 'carol'), min: 1 },
        { from: users('bob'), min: 1 },
      ],
    };
    const of = picture([ask({ slate: slate({ stages: [both] }) }), approves('bob')]);
    expect(lineWith(of, 'eeds')).toMatch(/^Needs 1 of /);
    expect(lineWith(of, 'eeds').split(' · ')).toHaveLength(1);
  });

  test('lists ten people and counts the others', () => {
    const of = picture([
      ask({ slate: slate({ stages: [{ name: 'all', require: [{ from: users(...crowd), min: 1 }] }] }) }),
    ]);
    expect(lineWith(of, 'eeds')).toBe(`Needs 1 of ${crowd.slice(0, 10).join(', ')} and 7 more`);
  });

  test('leaves out people of other tenants, and names claims and admins in words', () => {
    const from = { ...users('bob', 'acme/zoe'), label: 'ops', claims: ['ops'] };
    const any = { ...users(), label: 'any admin', admins: true };
    const require = [
      { from, min: 1 },
      { from: any, min: 1 },
    ];
    const of = picture([ask({ slate: slate({ stages: [{ name: 'all', require }] }) })]);
    expect(lineWith(of, 'eeds')).toBe(
      "Needs 1 of ops (<@U0BOB>, whoever's token claims ops) · 1 of any admin",
    );
  });

  test('puts acknowledgements first, and says which stage is asked', () => {
    const stages = [
      { name: 'peers', require: [{ from: group('sre'), min: 1 }] },
      { name: 'owner', require: [{ from: users('alice'), min: 1 }] },
    ];
    const asked = ask({ slate: slate({ stages, personas: [{ name: 'on-call', from: group('security') }] }) });
    expect(lineWith(picture([asked]), 'acknowledge (')).toBe(
      'Stage 1 of 2, *peers*: *on-call* must acknowledge (<@U0DAN>, erin) · then needs 1 of sre (<@U0BOB>, carol, frank)',
    );
    const of = picture([asked, acknowledges('dan', 'on-call'), approves('bob')]);
    expect(lineWith(of, 'eeds')).toBe('Stage 2 of 2, *owner*: needs 1 of <@U0ALICE>');
    expect(lineWith(of, '✓')).toBe('✓ on-call acknowledged by <@U0DAN> · ✓ peers approved by <@U0BOB>');
  });

  test('counts denials that have not ended it', () => {
    const of = picture([ask({ slate: slate({ denyThreshold: 2 }) }), denies('bob')]);
    expect(lineWith(of, '✗')).toBe('✗ denied by <@U0BOB> (1 of 2)');
    expect(lineWith(of, 'eeds')).toBe('Needs 2 of sre (carol, frank)');
  });
});

describe('buttons', () => {
  test('while personas are missing there is no approving, and afterwards no acknowledging', () => {
    const asked = withPersona('on-call');
    expect(actionsIn(rendering.message(picture([asked])))).toEqual(['acknowledge', 'deny', 'more']);
    const acknowledged = rendering.message(picture([asked, acknowledges('bob', 'on-call')]));
    expect(actionsIn(acknowledged)).toEqual(['approve', 'deny', 'more']);
  });

  const menuOf = (of: Picture) =>
    elementsIn(rendering.message(of))
      .find(({ type }) => type === 'overflow')
      ?.options?.map(({ value }) => value);

  test('the menu offers to withdraw what was acknowledged, and to open what can be opened', () => {
    expect(menuOf(picture([withPersona('on-call')]))).toEqual(['cancel', 'break_glass']);
    const acknowledged = [withPersona('on-call', 'legal'), acknowledges('bob', 'legal')];
    expect(menuOf(picture(acknowledged))).toEqual(['cancel', 'break_glass', 'withdraw']);
    const consoleUrl = 'https://countersign.example/';
    expect(menuOf(picture([ask()], { consoleUrl }))).toEqual(['cancel', 'break_glass', 'open']);
    expect(menuOf(picture([ask()], { consoleUrl: 'javascript:alert(1)' }))).toEqual([
      'cancel',
      'break_glass',
    ]);
  });

  test('editing is offered where the policy allows it of something that is not withheld', () => {
    const editing = (...keys: string[]) =>
      actionsIn(
        rendering.message(picture([ask({ slate: slate({ overrides: { keys, nonMaterial: [] } }) })])),
      );
    expect(editing('batchSize')).toContain('edit');
    expect(editing('connection')).not.toContain('edit');
    expect(editing('somethingNew')).toContain('edit');
  });

  test('"Show all" is there when something is not shown', () => {
    const shown = (params: Record<string, string>, justification?: string) =>
      actionsIn(
        rendering.message(picture([ask({ params, ...(justification !== undefined && { justification }) })])),
      );
    expect(shown({ a: 'short' }, 'short')).not.toContain('parameters');
    expect(shown({ a: 'x'.repeat(2000) })).toContain('parameters');
    expect(shown(Object.fromEntries(crowd.concat('a', 'b', 'c').map((key) => [key, 'v'])))).toContain(
      'parameters',
    );
    expect(shown({}, 'y'.repeat(600))).toContain('parameters');
  });

  test('none is left past the deadline, whether or not that was recorded', () => {
    const overdue = rendering.message(picture([ask()], { now: at(3600) }));
    expect(elementsIn(overdue)).toEqual([]);
    expect(overdue.text).toContain('Expired.');
    expect(textsIn(overdue.blocks).map(({ text }) => text)).toContain('⌛ deploy.production · expired');
    expect(actionsIn(rendering.message(picture([ask()], { now: at(3599) })))).toContain('approve');
  });
});

describe('personas', () => {
  const boxesOf = (of: Picture) =>
    elementsIn(rendering.message(of)).filter(({ type }) => type === 'checkboxes');

  test('stand in several blocks of ten, ticked where acknowledged', () => {
    const names = Array.from({ length: 23 }, (_, index) => `persona-${index}`);
    const boxes = boxesOf(picture([withPersona(...names), acknowledges('bob', 'persona-12')]));
    expect(boxes.map((box) => box.options?.length)).toEqual([10, 10, 3]);
    expect(boxes.flatMap((box) => box.options ?? []).map(({ value }) => value)).toEqual(names);
    expect(boxes.map((box) => box.initial_options?.map(({ value }) => value))).toEqual([
      undefined,
      ['persona-12'],
      undefined,
    ]);
    expect(boxes.map((box) => box.blockId)).toEqual(['personas/1/0/0', 'personas/1/0/1', 'personas/1/0/2']);
  });

  test('are told apart, however long their names', () => {
    const names = ['a', 'b', 'c'].map((end) => `${'x'.repeat(99)}${end}`);
    const of = picture([withPersona(...names)]);
    const options = boxesOf(of)[0]?.options ?? [];
    expect(new Set(options.map(({ text }) => text.text)).size).toBe(3);
    expect(options.map(({ value }) => personaOf(of.approval.request.slate, value))).toEqual(names);
    expect(personaOf(of.approval.request.slate, '~3')).toBeNull();
    expect(personaOf(of.approval.request.slate, 'on-call')).toBeNull();
  });

  test('that have no room give way to those that are missing', () => {
    const names = Array.from({ length: 200 }, (_, index) => `persona-${index}-${'x'.repeat(60)}`);
    const given = names.slice(0, 150);
    const of = picture([withPersona(...names), ...given.map((name) => acknowledges('bob', name))]);
    const shown = boxesOf(of)
      .flatMap((box) => box.options ?? [])
      .map(({ value }) => value);
    expect(shown.length).toBeGreaterThanOrEqual(10);
    expect(given.filter((name) => shown.includes(name))).toEqual([]);
    expect(lineWith(of, 'more must acknowledge')).toMatch(`${50 - shown.length} more`);
    expectSound(rendering.message(of));
  });
});

describe('the whole message', () => {
  test('says so in every state', () => {
    for (const status of STATUSES) {
      const { emoji, words } = headlineOf(status as Status);
      expect(emoji).not.toBe('');
      expect(words).toMatch(/^[a-z]/);
    }
    expect(linesOf(picture([ask(), escalates]))[0]).toBe('🟠 deploy.production · waits for approval');
  });

  test('says how it was decided when nobody was asked, and when it was taken back', () => {
    const automatic = { ...ask({ slate: slate({ stages: [] }) }), autoApprove: true } as ReturnType<
      typeof ask
    >;
    expect(lineWith(picture([automatic]), 'automatically')).toMatch(
      /^✅ Approved automatically: the policy asks nobody · /,
    );
    const cancelled = picture([ask(), does('ci', { type: 'CancelRequest', reason: 'not needed' })]);
    expect(lineWith(cancelled, 'Cancelled by')).toMatch(/^⚪ Cancelled by ci: “not needed” · /);
  });

  test('says whether a broken glass was reviewed', () => {
    const forced = [
      ask({ slate: slate({ superApprovers: ['alice', 'gina'] }) }),
      does('alice', { type: 'InvokeBreakGlass', status: 'denied', reason: 'this must not run' }),
    ];
    expect(linesOf(picture(forced))[0]).toBe('🚨 deploy.production · denied (break-glass)');
    expect(lineWith(picture(forced), 'broke the glass')).toContain('The review is open');
    const reviewed = picture([...forced, does('gina', { type: 'ReviewBreakGlass', note: 'agreed' })]);
    expect(lineWith(reviewed, 'broke the glass')).toMatch(/\nReviewed by gina: “agreed” · /);
  });

  test('has room for everything at its longest', () => {
    const wide = '"'.repeat(400);
    const long = (name: string) => ({
      ...users(...crowd.map((one) => one + wide)),
      label: name + wide,
      claims: [wide, wide],
    });
    const personas = Array.from({ length: 60 }, (_, index) => ({
      name: `${index}${'p'.repeat(98)}`,
      from: long('p'),
    }));
    const stages = Array.from({ length: 15 }, (_, index) => ({
      name: `stage ${index} ${wide}`,
      require: Array.from({ length: 15 }, (__, place) => ({ from: long(`place ${place}`), min: 2 })),
    }));
    const of = picture(
      [
        ask({
          action: 'a'.repeat(200),
          justification: '&'.repeat(4000),
          onBehalfOf: `o${wide}`,
          owner: `w${wide}`,
          previousRequestId: '019b0000-0000-7000-8000-000000000000',
          params: Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`key ${index}`, wide])),
          slate: slate({ personas, stages, overrides: { keys: ['batchSize'], nonMaterial: [] } }),
        }),
      ],
      { description: '"<&>'.repeat(200), consoleUrl: `https://countersign.example/${'c'.repeat(340)}` },
    );
    expectSound(rendering.message(of));
    const boxes = elementsIn(rendering.message(of)).filter(({ type }) => type === 'checkboxes');
    expect(boxes.flatMap((box) => box.options ?? []).length).toBeGreaterThanOrEqual(10);
  });
});
