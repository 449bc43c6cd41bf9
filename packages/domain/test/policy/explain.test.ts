import { describe, expect, test } from '@jest/globals';
import { explainAction, formatExplanation, formatSeconds } from '../../src/index.ts';
import { exampleText, load, schemasFor } from './files.ts';

const example = load(exampleText(), schemasFor(exampleText()));
const textOf = (action: string) => formatExplanation(explainAction(example, action)).split('\n');

describe('an explanation', () => {
  test('says which key matched, who decides, and until when', () => {
    expect(textOf('deploy.production')).toEqual([
      'deploy.production: rule "deploy.production" (the key is the exact name)',
      'Roll a release out to production',
      '  first acknowledged by on-call: sre (bob, carol)',
      '  stage 1 "approval"',
      '    2 of sre (bob, carol)',
      '  super-approvers, who fit any place: alice',
      '  the requester may not approve',
      '  one denial ends it',
      '  expires after 1 h',
      '  escalates after 50 min, 10 min before expiry, tells #sre',
      "  approvers may edit version, canary, within the action's schema",
      '  edits of canary keep approvals',
      '  posted in #approvals',
      `  policy ${example.hash}`,
    ]);
  });

  test('says what may be edited and what is sealed', () => {
    expect(textOf('db.migrate')).toEqual(
      expect.arrayContaining([
        '  may be repeated 1 min after the one before, at most 5 an hour',
        "  approvers may edit batchSize, window, within the action's schema",
        '  edits of window keep approvals',
        '  redacted: /connection/password',
      ]),
    );
    expect(textOf('customer.erase')).toContain('  personal, encrypted: /customer/email, /customer/name');
    expect(textOf('environment.create')).toContain('  plan: webhook post; dispatched by an admin');
  });

  test('of an automatic action says that nobody is asked', () => {
    expect(textOf('report.daily')).toEqual([
      'report.daily: rule "report.*" (the key is the longest prefix of the name)',
      '  approved at once; nobody is asked',
      `  policy ${example.hash}`,
    ]);
  });

  test('names the keys that were passed over, claims, and any admin', () => {
    const policy = load(
      'version: 1\ngroups: { idp: { claim: true, members: [bob] } }\n' +
        'actions: { "*": {}, "a.*": { approvers: { group: idp }, deny: { min: 2 }, allowSelfApproval: true }, "a.b": {} }\n',
    );
    expect(explainAction(policy, 'a.x')).toMatchObject({ key: 'a.*', passedOver: ['*'] });
    expect(explainAction(policy, 'a.b')).toMatchObject({ key: 'a.b', passedOver: ['a.*', '*'] });
    const lines = formatExplanation(explainAction(policy, 'a.x')).split('\n');
    expect(lines).toContain("    1 of idp (bob, whoever's token claims idp)");
    expect(lines).toContain('  also matches *; the more exact key wins');
    expect(lines).toContain('  the requester may approve');
    expect(lines).toContain('  2 denials end it');
    expect(formatExplanation(explainAction(policy, 'a.b'))).toContain('1 of any admin');
  });

  test('of an unknown action says why, and what is near', () => {
    expect(explainAction(example, 'deploy.prod')).toEqual({
      known: false,
      action: 'deploy.prod',
      policyHash: example.hash,
      why: 'no key of the policy matches; the nearest is deploy.production',
    });
    expect(textOf('no spaces')[0]).toBe(
      'no spaces: refused, an action name has 1 to 200 of the characters A-Z a-z 0-9 . _ : -',
    );
  });

  test('is plain data', () => {
    for (const { key } of example.rules) {
      const explanation = explainAction(example, key.replace('*', 'x'));
      expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
    }
  });
});

test.each([
  [0, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [90, '90 s'],
  [3600, '1 h'],
  [5400, '90 min'],
  [172_800, '48 h'],
])('%d seconds read as %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
