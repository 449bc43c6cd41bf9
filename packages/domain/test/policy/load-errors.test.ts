import { describe, expect, test } from '@jest/globals';
import { formatPolicyError, loadPolicy } from '../../src/index.ts';
import { faults } from './files.ts';

/** Lines 1 to 5 of every text below, so that the tested part starts in line 6. */
const HEAD = `version: 1
superApprovers: [alice]
groups: { sre: [bob, carol], security: [dan, erin], empty: [], idp: { claim: true }, acme: [acme/zoe] }
personas: { on-call: { group: sre } }
callbacks: { allow: [ci.example.com] }
`;

/** One action `a` in the block style, its keys from line 8 on, in column 5. */
const action = (...lines: string[]) =>
  `${HEAD}actions:\n  a:\n${lines.map((line) => `    ${line}\n`).join('')}`;

type Case = readonly [what: string, text: string, ...expected: (string | RegExp)[]];

function check(cases: readonly Case[]): void {
  test.each(cases.map(([what, text, ...expected]) => ({ what, text, expected })))(
    '$what',
    ({ text, expected }) => {
      const found = faults(text);
      expect(found).toHaveLength(expected.length);
      for (const [index, fault] of found.entries()) {
        const wanted = expected[index] ?? '';
        if (typeof wanted === 'string') expect(fault).toBe(wanted);
        else expect(fault).toMatch(wanted);
      }
    },
  );
}

describe('the text', () => {
  check([
    ['empty', '', '1:1 : is empty'],
    ['only a comment', '# nothing\n', '1:1 : is empty'],
    ['too large', `#${'x'.repeat(1024 * 1024)}`, '1:1 : is larger than 1048576 bytes'],
    [
      'a tab',
      'version: 1\nactions:\n\ta: {}\n',
      '3:1 : is indented with a tab here; YAML allows only spaces',
    ],
    ['two documents', `${action('autoApprove: true')}---\nversion: 1\n`, /^9:1 : holds several documents/],
    ['an open bracket', 'version: 1\ngroups: [bob\n', /^3:1 : is not valid YAML: /],
    ['a key twice', action('timeoutSec: 60', 'timeoutSec: 70'), /^9:5 actions\.a\.timeoutSec: stands twice/],
    ['an unknown tag', action('description: !secret x'), /^8:18 : is not valid YAML: Unresolved tag/],
    ['YAML 1.1', '%YAML 1.1\n---\nversion: 1\nactions: { a: {} }\n', /^1:1 : is declared as YAML 1\.1/],
    [
      'an alias of nothing',
      action('description: *x'),
      /^8:18 actions\.a\.description: alias "\*x" names no anchor/,
    ],
    [
      'aliases that multiply',
      `a: &a [x, x]\nb: &b [${Array(11).fill('*a')}]\nc: [${Array(11).fill('*b')}]\n`,
      /^2:8 : aliases repeat more than 100 values/,
    ],
    ['an alias of itself', 'version: 1\nactions: &a { a: *a }\n', '1:1 : is nested deeper than 100 levels'],
    ['deep flow nesting', '['.repeat(20_000), '1:1 : is nested deeper than 100 levels'],
    [
      'a name that objects have',
      'version: 1\nactions: { __proto__: {} }\n',
      /^2:12 actions\.__proto__: is no name/,
    ],
    ['a list', '- version: 1\n', '1:1 : must be a mapping (key: value), not a list'],
  ]);
});

describe('the shape', () => {
  check([
    ['no version', 'actions: { a: {} }\n', '1:1 version: is missing; it must be 1'],
    ['another version', 'version: 2\nactions: { a: {} }\n', '1:10 version: must be 1, not 2'],
    ['no actions', 'version: 1\n', '1:1 actions: is missing; it must be a mapping (key: value)'],
    [
      'nothing under actions',
      'version: 1\nactions:\n',
      '2:1 actions: must be a mapping (key: value), not nothing',
    ],
    [
      'no action at all',
      'version: 1\nactions: {}\n',
      '2:10 actions: names no action, so that every request would be refused',
    ],
    [
      'an unknown key at the top',
      'version: 1\npersonnas: {}\nactions: { a: {} }\n',
      /^2:1 personnas: is not a key that is known here\. Did you mean "personas"\? Allowed: version, defaults, /,
    ],
    [
      'an unknown key of an action',
      action('minApproval: 2'),
      /^8:5 actions\.a\.minApproval: is not .* Did you mean "minApprovals"\? Allowed: description, approvers, /,
    ],
    ['a merge key', action('<<: { timeoutSec: 3 }'), /^8:5 actions\.a\.<<: is not a key/],
    [
      'text for a number',
      action('timeoutSec: soon'),
      /^8:17 .*: must be a whole number, not the text "soon"$/,
    ],
    ['a fraction', action('timeoutSec: 1.5'), /^8:17 .*: must be a whole number, not 1\.5$/],
    ['no time at all', action('timeoutSec: 0'), '8:17 actions.a.timeoutSec: must be at least 1'],
    ['more than ten years', action('timeoutSec: 315360001'), /^8:17 .*: must be at most 315360000$/],
    ['yes for true', action('autoApprove: yes'), /^8:18 .*: must be true or false, not the text "yes"$/],
    [
      'a number for a name',
      action('approvers: { users: [42] }'),
      /^8:26 .*users\[0\]: must be text, not 42; write it in quotes: "42"$/,
    ],
    ['text for a list', action('personas: on-call'), /^8:15 .*: must be a list, not the text "on-call"$/],
    [
      'a name twice',
      action('approvers: { users: [bob, default/bob] }'),
      /^8:31 .*users\[1\]: names "bob" twice$/,
    ],
    [
      'half a name',
      action('approvers: { users: [acme/] }'),
      /^8:26 .*: must be a person, or tenant\/person$/,
    ],
    [
      'an odd action name',
      'version: 1\nactions: { "a b": {} }\n',
      /^2:12 actions\.a b: must be 1 to 200 of the characters/,
    ],
    ['a star in the middle', 'version: 1\nactions: { "a*b": {} }\n', /^2:12 actions\.a\*b: must be 1 to 200/],
    ['two stars', 'version: 1\nactions: { "a**": {} }\n', /^2:12 actions\.a\*\*: must be 1 to 200/],
    [
      'an unknown way to dispatch',
      action('callerPlan: true', 'dispatch: on-aproval'),
      /^9:15 .*: must be manual or on-approval, not the text "on-aproval"\. Did you mean "on-approval"\?$/,
    ],
    [
      'a claim group without claim',
      'version: 1\ngroups: { a: { members: [x] } }\nactions: { a: {} }\n',
      '2:11 groups.a.claim: is missing; it must be true',
    ],
    [
      'a group that is text',
      'version: 1\ngroups: { a: bob }\nactions: { a: {} }\n',
      /^2:14 groups\.a: must be a list, not the text "bob"$/,
    ],
    [
      'a wrong Slack id',
      'version: 1\npeople: { bob: { slack: bob } }\nactions: { a: {} }\n',
      /^2:25 people\.bob\.slack: must be team id\/user id/,
    ],
    [
      'a wrong address',
      'version: 1\npeople: { bob: { email: bob } }\nactions: { a: {} }\n',
      /^2:25 people\.bob\.email: must be one e-mail address$/,
    ],
    [
      'an unknown role',
      'version: 1\npeople: { bob: { roles: [aprover] } }\nactions: { a: {} }\n',
      /^2:26 people\.bob\.roles\[0\]: must be requester, approver, admin or auditor, .*Did you mean "approver"/,
    ],
    [
      'a URL for a host',
      'version: 1\ncallbacks: { allow: ["https://x.example"] }\nactions: { a: {} }\n',
      /^2:22 callbacks\.allow\[0\]: must be a host/,
    ],
    [
      'a pointer without a slash',
      action('redact: [password]'),
      /^8:14 .*redact\[0\]: must be a JSON Pointer/,
    ],
    ['a pointer to everything', action('personal: [""]'), /^8:16 .*personal\[0\]: must be a JSON Pointer/],
    [
      'a schema elsewhere',
      action('overrides: { keys: [a], schema: ../x.json }'),
      /^8:37 .*schema: must be the path of a \.json file beside/,
    ],
    [
      'an absolute schema',
      action('overrides: { keys: [a], schema: /x.json }'),
      /^8:37 .*schema: must be the path/,
    ],
    [
      'a stage without requirements',
      action('stages: [{ name: s, require: [] }]'),
      /^8:34 .*stages\[0\]\.require: must have at least 1 entry$/,
    ],
    ['no stages', action('stages: []'), '8:13 actions.a.stages: must have at least 1 entry'],
  ]);
});

describe('what keys mean together', () => {
  check([
    [
      'both forms',
      action('approvers: { group: sre }', 'stages: [{ name: s, require: [{ group: sre }] }]'),
      /^8:5 actions\.a\.approvers: stands beside "stages"/,
    ],
    [
      'automatic, with people',
      action(
        'autoApprove: true',
        'approvers: { group: sre }',
        'personas: [on-call]',
        'escalateBeforeSec: 60',
      ),
      /^9:5 actions\.a\.approvers: has no place beside "autoApprove: true"/,
      /^10:5 actions\.a\.personas: has no place/,
      /^11:5 actions\.a\.escalateBeforeSec: has no place/,
    ],
    [
      'two stages of a name',
      action(
        'stages:',
        '  - { name: s, require: [{ group: sre }] }',
        '  - { name: s, require: [{ group: sre }] }',
      ),
      /^10:17 actions\.a\.stages\[1\]\.name: "s" is already/,
    ],
    [
      'a rung before the start',
      action('timeoutSec: 60', 'escalation: [{ beforeSec: 60 }]'),
      "9:31 actions.a.escalation[0].beforeSec: must be less than the action's timeoutSec, 60, but is 60",
    ],
    [
      'a rung before the start, by default',
      action('escalateBeforeSec: 172800'),
      /^8:24 .*must be less than the action's timeoutSec, 172800/,
    ],
    [
      'two rungs at a time',
      action('escalation: [{ beforeSec: 60 }, { beforeSec: 60 }]'),
      /^8:50 .*escalation\[1\]\.beforeSec: two rungs are due 60 seconds/,
    ],
    [
      'both kinds of rungs',
      action('escalateBeforeSec: 60', 'escalation: [{ beforeSec: 50 }]'),
      /^8:5 .*escalateBeforeSec: stands beside "escalation"/,
    ],
    ['a limit that limits nothing', action('reRequest: {}'), /^8:16 actions\.a\.reRequest: limits nothing/],
    [
      'a key that is not editable',
      action('overrides: { keys: [x], nonMaterial: [y] }'),
      /^8:43 .*nonMaterial\[0\]: "y" is not one of the keys that may be edited: x$/,
    ],
    [
      'the same person twice',
      'version: 1\npeople: { bob: {}, default/bob: {} }\nactions: { a: {} }\n',
      /^2:20 people\.default\/bob: is the same person as "bob"$/,
    ],
    [
      'a Slack id twice',
      'version: 1\npeople: { bob: { slack: T1/U1 }, eve: { slack: T1/U1 } }\nactions: { a: {} }\n',
      /^2:48 people\.eve\.slack: already belongs to "bob"$/,
    ],
    [
      'an address twice',
      'version: 1\npeople: { bob: { email: B@x.org }, eve: { email: b@x.org } }\nactions: { a: {} }\n',
      /^2:50 people\.eve\.email: already belongs to "bob"$/,
    ],
  ]);
});

describe('names and people', () => {
  check([
    [
      'an unknown group',
      action('approvers: { groups: [sre, securty] }'),
      '8:32 actions.a.approvers.groups[1]: there is no group "securty". Did you mean "security"? Defined: sre, security, empty, idp, acme',
    ],
    [
      'an unknown group in a stage',
      action(
        'stages:',
        '  - name: s',
        '    require:',
        '      - { group: sre }',
        '      - { group: toString }',
      ),
      /^12:22 actions\.a\.stages\[0\]\.require\[1\]\.group: there is no group "toString"/,
    ],
    [
      'an unknown persona',
      action('personas: [oncall]'),
      /^8:16 actions\.a\.personas\[0\]: there is no persona "oncall"\. Did you mean "on-call"/,
    ],
    [
      'a persona named like a member of every object',
      action('personas: [constructor]'),
      /^8:16 .*: there is no persona "constructor"/,
    ],
    ['a group as persona', action('personas: [sre]'), /^8:16 .*: there is no persona "sre"/],
    [
      'a persona of an unknown group',
      'version: 1\npersonas: { p: { group: x } }\nactions: { a: { personas: [p] } }\n',
      /^2:25 personas\.p\.group: there is no group "x"\. The policy defines no group/,
      /^3:28 .*: persona "p" is not usable/,
    ],
    ['an empty group', action('approvers: { group: empty }'), /^8:25 .*group: group "empty" has no members/],
    [
      'nobody',
      action('approvers: {}'),
      '8:16 actions.a.approvers: names nobody; give a group, groups or users',
    ],
    [
      'group and groups',
      action('approvers: { group: sre, groups: [security] }'),
      /^8:18 .*approvers\.group: stands beside "groups"/,
    ],
    [
      'too few people',
      action('approvers: { group: sre }', 'minApprovals: 4'),
      '9:19 actions.a.minApprovals: stage "approval" needs 4 of sre, but only 3 could approve',
    ],
    [
      'too few people in one requirement',
      action('stages:', '  - { name: s, require: [{ group: security, min: 4 }] }'),
      /^9:54 actions\.a\.stages\[0\]\.require\[0\]\.min: stage "s" needs 4 of security, but only 3/,
    ],
    [
      'the same people twice',
      'version: 1\ngroups: { sre: [bob, carol] }\nactions:\n  a:\n    stages:\n      - { name: s, require: [{ group: sre, min: 2 }, { users: [bob] }] }\n',
      /^6:29 actions\.a\.stages\[0\]\.require: stage "s" needs/,
    ],
    [
      'people of two tenants',
      action('stages: [{ name: s, require: [{ group: sre }, { group: acme, min: 2 }] }]'),
      /^8:71 .*min: stage "s" needs 2 of acme, but only 1 could/,
    ],
    [
      'a persona of another tenant',
      'version: 1\npersonas: { p: { users: [acme/zoe] } }\nactions: { a: { personas: [p], approvers: { users: [bob] } } }\n',
      /^3:28 actions\.a\.personas\[0\]: persona "p" \(acme\/zoe\): nobody can acknowledge it$/,
    ],
  ]);

  test('a claimed group, any admin, and people who are all of another tenant are people enough', () => {
    expect(faults(action('approvers: { group: idp }', 'minApprovals: 9'))).toEqual([]);
    expect(faults(action('minApprovals: 9'))).toEqual([]);
    expect(
      faults('version: 1\nactions: { a: { approvers: { users: [acme/zoe, acme/yan] }, minApprovals: 2 } }\n'),
    ).toEqual([]);
  });
});

describe('plans and sealed values', () => {
  const step = (input: string) => `plan: [{ connector: webhook, operation: post, input: ${input} }]`;
  check([
    [
      "a plan and the caller's plan",
      action(step('{}'), 'callerPlan: true'),
      /^9:5 actions\.a\.callerPlan: stands beside "plan"/,
    ],
    ['nothing to dispatch', action('dispatch: manual'), /^8:5 actions\.a\.dispatch: needs a plan/],
    [
      'a template that is none',
      action(step('{ x: "{{ env.HOME }}" }')),
      /^8:63 actions\.a\.plan\[0\]\.input\.x: \{\{ env\.HOME \}\} is not a template/,
    ],
    [
      'a template in a key',
      action(step('{ "{{payload.x}}": 1 }')),
      /^8:60 .*: \{\{payload\.x\}\} stands in a key/,
    ],
    [
      'a plan that needs what is redacted',
      action(step('{ x: ["{{payload.db.password}}"] }'), 'redact: [/db/password]'),
      /^8:64 actions\.a\.plan\[0\]\.input\.x\[0\]: \{\{payload\.db\.password\}\} needs what redact "\/db\/password" removes/,
    ],
    [
      'a plan that needs what holds something redacted',
      action(step('{ x: "{{payload.db}}" }'), 'redact: [/db/password]'),
      /^8:63 .* needs what redact "\/db\/password" removes/,
    ],
    [
      'a plan that needs a part of what is redacted',
      action(step('{ x: "{{payload.db.host}}" }'), 'redact: ["/*"]'),
      /^8:63 .* needs what redact "\/\*" removes/,
    ],
    [
      "a caller's plan that is redacted",
      action('callerPlan: true', 'redact: [/steps/*/input]'),
      /^8:17 .*callerPlan: reads payload\.steps, which redact/,
    ],
    [
      'a pointer within another',
      action('redact: [/a, /a/b]'),
      /^8:18 actions\.a\.redact\[1\]: overlaps redact "\/a"/,
    ],
    [
      'redacted and personal',
      action('redact: ["/items/*/iban"]', 'personal: [/items/0]'),
      /^9:16 actions\.a\.personal\[0\]: overlaps redact "\/items\/\*\/iban"/,
    ],
    [
      'an editable key that is sealed',
      action('overrides: { keys: [a, b] }', 'personal: [/b/c]'),
      /^8:28 actions\.a\.overrides\.keys\[1\]: can't be edited, because personal "\/b\/c" seals it$/,
    ],
    [
      'an editable key that a star seals',
      action('overrides: { keys: [a] }', 'redact: ["/*/secret"]'),
      /^8:25 .*: can't be edited/,
    ],
  ]);

  test('a plan may need personal values, and redacted ones beside it do not matter', () => {
    const text = action(
      step('{ x: "{{payload.mail}} {{ payload.a-b.c_1 }}" }'),
      'personal: [/mail]',
      'redact: [/mailbox]',
    );
    expect(faults(text)).toEqual([]);
  });
});

describe('all at once', () => {
  test('every fault is reported, in the order of the file, and one kind does not hide another', () => {
    const text = `${HEAD}actions:
  a: { timeoutSec: x, minApproval: 2 }
  b: { approvers: { group: sr } }
  b: { personas: [nobody] }
  c: { approvers: { group: security }, minApprovals: 7 }
extra: 1
`;
    expect(faults(text).map((fault) => fault.split(': ')[0])).toEqual([
      '7:20 actions.a.timeoutSec',
      '7:23 actions.a.minApproval',
      '9:3 actions.b',
      '9:19 actions.b.personas[0]',
      '10:54 actions.c.minApprovals',
      '11:1 extra',
    ]);
  });

  test('an error reads as file, line, column, path and message', () => {
    const { errors = [] } = loadPolicy({
      file: 'p.yaml',
      text: 'version: 2\nactions: { a: {} }',
      schemas: {},
    });
    expect(errors.map(formatPolicyError)).toEqual(['p.yaml:1:10: version: must be 1, not 2']);
  });
});
