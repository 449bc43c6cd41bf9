import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  authorityOf,
  callbackFault,
  canonicalJson,
  deadlines,
  findUnmeetable,
  freezeSlate,
  linkedPerson,
  matchAction,
  type Policy,
  personByEmail,
  personBySlack,
  SlateSchema,
} from '../../src/index.ts';
import { exampleText, load, schemasFor } from './files.ts';

function ruleOf(policy: Policy, action: string) {
  const rule = matchAction(policy, action);
  if (!rule) throw new Error(`no rule for ${action}`);
  return rule;
}

const example = load(exampleText(), schemasFor(exampleText()));

describe('which rule', () => {
  const policy = load('version: 1\nactions: { a.b: {}, a.*: {}, a.b*: {}, "b:*": {}, constructor: {} }\n');
  test.each([
    ['a.b', 'a.b'],
    ['a.bc', 'a.b*'],
    ['a.c', 'a.*'],
    ['a.', 'a.*'],
    ['b:x:y', 'b:*'],
    ['constructor', 'constructor'],
    ['a', undefined],
    ['toString', undefined],
    ['a.*', undefined],
    ['a. b', undefined],
    [`a.${'x'.repeat(199)}`, undefined],
    ['', undefined],
  ])('%s is decided by %s', (action, key) => {
    expect(matchAction(policy, action)?.key).toBe(key);
  });

  test('a star alone takes every name that is one', () => {
    const all = load('version: 1\nactions: { "*": {}, x: {} }\n');
    expect(matchAction(all, 'y')?.key).toBe('*');
    expect(matchAction(all, 'x')?.key).toBe('x');
    expect(matchAction(all, 'no spaces')).toBeUndefined();
  });

  test('the longest matching prefix wins, in whatever order the file has them', () => {
    const prefix = fc.stringMatching(/^[ab.]{0,4}$/);
    const prefixes = fc.uniqueArray(prefix, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(prefixes, fc.stringMatching(/^[ab.]{1,6}$/), (keys, action) => {
        const text = `version: 1\nactions: { ${keys.map((key) => `"${key}*": {}`).join(', ')} }\n`;
        const longest = keys
          .filter((key) => action.startsWith(key))
          .toSorted((a, b) => b.length - a.length)[0];
        expect(matchAction(load(text), action)?.key).toBe(longest === undefined ? undefined : `${longest}*`);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the slate', () => {
  test('the simple form is one stage of one requirement', () => {
    const { overrides, ...slate } = freezeSlate(example, ruleOf(example, 'deploy.production'));
    const sre = {
      label: 'sre',
      users: [],
      groups: [{ name: 'sre', members: ['bob', 'carol'] }],
      claims: [],
      admins: false,
    };
    expect(slate).toEqual({
      personas: [{ name: 'on-call', from: sre }],
      stages: [{ name: 'approval', require: [{ from: sre, min: 2 }] }],
      denyThreshold: 1,
      superApprovers: ['alice'],
      allowSelfApproval: false,
    });
    expect(overrides).toMatchObject({ keys: ['version', 'canary'], nonMaterial: ['canary'] });
  });

  test('both forms of the same rule are the same slate', () => {
    const groups = 'version: 1\ngroups: { sre: [bob, carol] }\n';
    const simple = load(
      `${groups}actions: { a: { approvers: { groups: [sre], users: [dan] }, minApprovals: 2 } }\n`,
    );
    const full = load(
      `${groups}actions: { a: { stages: [{ name: approval, require: [{ groups: [sre], users: [dan], min: 2 }] }] } }\n`,
    );
    expect(ruleOf(simple, 'a').slate).toEqual(ruleOf(full, 'a').slate);
    expect(ruleOf(simple, 'a').slate.stages[0]?.require[0]?.from.label).toBe('sre or dan');
  });

  test('an action without approvers is decided by any admin, an automatic one by nobody', () => {
    const policy = load(
      'version: 1\nactions: { a: {}, b: { minApprovals: 2, deny: { min: 3 } }, c: { autoApprove: true } }\n',
    );
    const anyAdmin = { label: 'any admin', users: [], groups: [], claims: [], admins: true };
    expect(ruleOf(policy, 'a').slate.stages).toEqual([
      { name: 'approval', require: [{ from: anyAdmin, min: 1 }] },
    ]);
    expect(ruleOf(policy, 'b').slate.stages).toEqual([
      { name: 'approval', require: [{ from: anyAdmin, min: 2 }] },
    ]);
    expect(ruleOf(policy, 'b').slate.denyThreshold).toBe(3);
    expect(ruleOf(policy, 'c')).toMatchObject({ autoApprove: true, slate: { stages: [], personas: [] } });
  });

  test('a claimed group is a claim, with the members it lists beside it', () => {
    const policy = load(
      'version: 1\ngroups: { idp: { claim: true }, both: { claim: true, members: [acme/zoe] } }\n' +
        'actions: { a: { approvers: { groups: [idp, both] } } }\n',
    );
    expect(ruleOf(policy, 'a').slate.stages[0]?.require[0]?.from).toEqual({
      label: 'idp or both',
      users: [],
      groups: [{ name: 'both', members: ['acme/zoe'] }],
      claims: ['idp', 'both'],
      admins: false,
    });
  });

  test('slates of the example are what events store, can be met, and cannot be changed', () => {
    for (const rule of example.rules) {
      const slate = freezeSlate(example, rule);
      expect(SlateSchema.parse(slate)).toEqual(slate);
      expect(findUnmeetable(slate, 'default', new Set())).toBeNull();
      expect(freezeSlate(example, rule)).toBe(slate);
      expect(() => (slate.superApprovers as string[]).push('mallory')).toThrow(TypeError);
    }
  });

  test('what is kept of a slate is what a copy of it would give', () => {
    for (const rule of example.rules) {
      const slate = freezeSlate(example, rule);
      const text = canonicalJson({ slate: JSON.parse(JSON.stringify(slate)) });
      expect([canonicalJson({ slate }), canonicalJson({ slate })]).toEqual([text, text]);
    }
  });

  test('names are written in one form, whatever form the policy uses', () => {
    const policy = load(
      'version: 1\ngroups: { g: [default/bob, acme/zoe, default/a/b] }\nactions: { a: { approvers: { group: g } } }\n',
    );
    expect(policy.groups.get('g')?.members).toEqual(['bob', 'acme/zoe', 'default/a/b']);
  });
});

describe('deadlines', () => {
  test('count from the request, in order of time, whatever order the file has', () => {
    const policy = load(
      'version: 1\nactions: { a: { timeoutSec: 3600, escalation: [{ beforeSec: 60 }, { beforeSec: 600, notify: ["#sre"] }] } }\n',
    );
    expect(deadlines(ruleOf(policy, 'a'), '2031-02-28T23:30:00.250Z')).toEqual({
      expiresAt: '2031-03-01T00:30:00.250Z',
      escalations: [
        { rung: 0, at: '2031-03-01T00:20:00.250Z', notify: ['#sre'] },
        { rung: 1, at: '2031-03-01T00:29:00.250Z', notify: [] },
      ],
    });
  });

  test('escalateBeforeSec is one rung; the timeout comes from the action, the defaults, or is 48 hours', () => {
    const policy = load('version: 1\nactions: { a: { escalateBeforeSec: 60 }, b: { timeoutSec: 5 } }\n');
    const short = load(
      'version: 1\ndefaults: { timeoutSec: 10 }\nactions: { a: {}, b: { timeoutSec: 5 } }\n',
    );
    expect(ruleOf(policy, 'a')).toMatchObject({
      timeoutSec: 172_800,
      escalation: [{ beforeSec: 60, notify: [] }],
    });
    expect(ruleOf(short, 'a').timeoutSec).toBe(10);
    expect(ruleOf(short, 'b').timeoutSec).toBe(5);
  });

  test('every rung lies between the request and its expiry', () => {
    const moment = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...example.rules), moment, (rule, date) => {
        const at = date.toISOString();
        const { expiresAt, escalations } = deadlines(rule, at);
        const times = [at, ...escalations.map((rung) => rung.at), expiresAt];
        expect(times).toEqual([...new Set(times)].toSorted());
      }),
    );
  });
});

describe('people', () => {
  test('authority is what the policy in force says of somebody', () => {
    expect(authorityOf(example, 'alice')).toEqual({ groups: [], superApprover: true });
    expect(authorityOf(example, 'bob')).toEqual({ groups: ['sre'], superApprover: false });
    expect(authorityOf(example, 'acme/bob')).toEqual({ groups: [], superApprover: false });
    expect(authorityOf(example, 'constructor')).toEqual({ groups: [], superApprover: false });
  });

  test('links lead both ways, and a linked person is an approver unless stated', () => {
    const carol = linkedPerson(example, 'carol');
    expect(carol).toEqual({
      person: 'carol',
      slack: 'T0SIM/U0CAROL',
      email: 'carol@example.com',
      roles: ['approver'],
    });
    expect(personBySlack(example, 'T0SIM/U0CAROL')).toBe(carol);
    expect(personByEmail(example, 'Carol@Example.com')).toBe(carol);
    expect(linkedPerson(example, 'alice')?.roles).toEqual(['approver', 'admin']);
    expect(personBySlack(example, 'T0OTHER/U0CAROL')).toBeUndefined();
    expect(linkedPerson(example, 'nobody')).toBeUndefined();
  });
});

describe('callbacks', () => {
  const policy = load(
    'version: 1\ncallbacks: { allow: [ci.example.com, "*.hooks.example", "b.example:8443"] }\nactions: { a: {} }\n',
  );
  test.each([
    ['https://ci.example.com/x?y=1', null],
    ['https://CI.example.com:443/', null],
    ['https://a.b.hooks.example/', null],
    ['https://b.example:8443/', null],
    ['https://hooks.example/', 'host hooks.example is not in'],
    ['https://evilhooks.example/', 'host evilhooks.example is not in'],
    ['https://ci.example.com.evil.org/', 'is not in'],
    ['https://ci.example.com:8443/', 'host ci.example.com:8443 is not in'],
    ['https://b.example/', 'host b.example is not in'],
    ['http://ci.example.com/', 'must start with https://'],
    ['https://u:p@ci.example.com/', 'must not hold a user name'],
    ['https://ci.example.com@evil.org/', 'must not hold a user name'],
    ['/x', 'is not an absolute URL'],
  ])('%s', (url, fault) => {
    if (fault === null) expect(callbackFault(policy, url)).toBeNull();
    else expect(callbackFault(policy, url)).toContain(fault);
  });
});

test('many tenants and many actions are read in bounded time', () => {
  const members = Array.from({ length: 600 }, (_, index) => `tenant-${index}/person`).join(', ');
  const actions = Array.from({ length: 300 }, (_, index) => `  a${index}: { approvers: { group: all } }`);
  const text = `version: 1\ngroups: { all: [${members}] }\nactions:\n${actions.join('\n')}\n`;
  const began = performance.now();
  load(text);
  expect(performance.now() - began).toBeLessThan(3000);
});
