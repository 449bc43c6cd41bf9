import { describe, expect, test } from '@jest/globals';
import { rendering } from '../../src/render/index.ts';
import type { Happened } from '../../src/render/types.ts';
import { expectSound, textsIn } from './checks.ts';
import {
  acknowledges,
  approves,
  ask,
  denies,
  does,
  escalates,
  expires,
  type Given,
  given,
  group,
  slate,
  users,
} from './given.ts';

function told({ picture, happened }: Given): string[] {
  const drawn = rendering.reply(picture, happened);
  if (drawn === null) return [];
  expectSound(drawn);
  const lines = textsIn(drawn.blocks).flatMap(({ text }) => text.split('\n'));
  expect(drawn.text.split('\n')).toEqual(lines.slice(0, drawn.text.split('\n').length));
  return lines;
}

describe('the thread', () => {
  test('does not tell what the message itself says', () => {
    const { picture, happened } = given([ask()]);
    expect(rendering.reply(picture, happened)).toBeNull();
    expect(rendering.reply(picture, [])).toBeNull();
  });

  test('tells each vote with its note, and the outcome', () => {
    expect(told(given([ask(), approves('bob', { note: 'fine' }), approves('carol')]))).toEqual([
      '👍 <@U0BOB> approved: “fine”',
      '👍 carol (from the command line) approved',
      '✅ *Approved*',
    ]);
    expect(told(given([ask(), denies('bob', 'no')]))).toEqual(['👎 <@U0BOB> denied: “no”', '⛔ *Denied*']);
    expect(told(given([ask(), expires]))).toEqual(['⌛ *Expired* undecided']);
    expect(told(given([ask(), does('ci', { type: 'CancelRequest' })]))).toEqual(['⚪ *Cancelled* by ci']);
  });

  test('tells acknowledgements and their withdrawal', () => {
    const personas = [{ name: 'on-call', from: group('sre') }];
    const withdrawn = does('bob', { type: 'WithdrawAcknowledgement', persona: 'on-call' });
    expect(
      told(given([ask({ slate: slate({ personas }) }), acknowledges('bob', 'on-call'), withdrawn])),
    ).toEqual([
      '👀 <@U0BOB> acknowledged for *on-call*',
      '🔙 <@U0BOB> withdrew the acknowledgement for *on-call*',
    ]);
  });

  test('tells stages where there are several', () => {
    const stages = [
      { name: 'peers', require: [{ from: group('sre'), min: 1 }] },
      { name: 'owner', require: [{ from: users('alice'), min: 1 }] },
    ];
    expect(told(given([ask({ slate: slate({ stages }) }), approves('bob'), approves('alice')]))).toEqual([
      '👍 <@U0BOB> approved stage “peers”',
      '🏁 Stage *peers* is complete',
      '👍 <@U0ALICE> approved stage “owner”',
      '🏁 Stage *owner* is complete',
      '✅ *Approved*',
    ]);
  });

  test('mentions whom an escalation names, and writes channels', () => {
    expect(told(given([ask(), escalates]))).toEqual(['🟠 Still undecided, escalated: #sre, <@U0BOB>']);
    const escalations = [
      { rung: 0, at: '2026-01-01T10:50:00.000Z', notify: ['default/bob', 'nobody <!here>'] },
      { rung: 1, at: '2026-01-01T10:55:00.000Z', notify: [] },
    ];
    expect(told(given([ask({ escalations }), escalates]))).toEqual([
      '🟠 Still undecided, escalated (1 of 2): <@U0BOB>, nobody &lt;!here&gt;',
    ]);
  });

  test('tells an edit with what changed, old and new', () => {
    const overrides = { keys: ['batchSize', 'window', 'mode'], nonMaterial: ['window'] };
    const asked = ask({ slate: slate({ overrides }) });
    const material = approves('bob', { overrides: { batchSize: 20, mode: { dry: true } } });
    expect(told(given([asked, material]))[0]).toBe(
      '📝 <@U0BOB> edited the parameters (revision 1): `batchSize` `10` → `20`, ' +
        '`mode` (nothing) → `{ "dry": true }`; earlier approvals no longer count',
    );
    const harmless = approves('bob', { overrides: { window: `\`<!channel>\` ${'x'.repeat(200)}` } });
    expect(told(given([asked, harmless]))[0]).toMatch(
      /`window` `"22:00-23:00"` → `"ˋ&lt;!channel&gt;ˋ x{20,80}…`; earlier approvals stand$/,
    );
  });

  test.each([
    ['of twenty short ones each, old and new', 'key', 'x', 20],
    [
      'of twenty long ones as many as fit, and the names of the others',
      `key-${'&'.repeat(60)}`,
      '"'.repeat(80),
      3,
    ],
  ])('names every parameter that was edited: %s', (_name, prefix, value, atLeast) => {
    const overrides = { keys: ['batchSize'], nonMaterial: [] };
    const { picture, happened } = given([
      ask({ slate: slate({ overrides }) }),
      approves('bob', { overrides: { batchSize: 20 } }),
    ]);
    const keys = Array.from({ length: 20 }, (_, index) => `${index}-${prefix}`);
    const edited = happened.map(({ event, revision }) =>
      event.type === 'ParametersOverridden'
        ? {
            revision,
            event: {
              ...event,
              data: { ...event.data, diff: keys.map((key) => ({ key, from: value, to: 1 })) },
            },
          }
        : { revision, event },
    );
    const [line = ''] = told({ picture, happened: edited });
    for (const key of keys) expect(line).toContain(`\`${key.slice(0, 5)}`);
    expect(line.split('→').length - 1).toBeGreaterThanOrEqual(atLeast);
    expect(line).toMatch(/; earlier approvals no longer count$/);
    expect(line.length).toBeLessThan(2800);
  });

  test('tells a broken glass once, and its review', () => {
    const forced = [
      ask({ slate: slate({ superApprovers: ['alice', 'gina'] }) }),
      does('alice', { type: 'InvokeBreakGlass', status: 'approved', reason: 'the shop is down' }),
      does('gina', { type: 'ReviewBreakGlass' }),
    ];
    expect(told(given(forced))).toEqual([
      '🚨 <@U0ALICE> broke the glass: *approved*: “the shop is down”',
      '🔎 gina reviewed the broken glass',
    ]);
  });

  test('of too many steps tells the newest, and how many are not told', () => {
    const { picture, happened } = given([ask(), escalates]);
    const step = happened.at(-1) as Happened;
    const many = Array.from({ length: 30 }, (_, index) => ({ ...step, revision: index + 1 }));
    const lines = told({ picture, happened: [...happened.slice(0, 1), ...many] });
    expect(lines).toHaveLength(20);
    expect(lines[0]).toBe('… and 11 earlier steps');
    expect(told({ picture, happened: many.slice(0, 20) })).toHaveLength(20);
  });

  test('has room for twenty steps at their longest', () => {
    const { picture, happened } = given([ask(), approves('bob', { note: '"&<'.repeat(1000) })]);
    const step = happened.at(-1) as Happened;
    const lines = told({ picture, happened: Array.from({ length: 20 }, () => step) });
    expect(lines.length).toBeGreaterThan(15);
  });
});
