import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import {
  deadlines,
  explainAction,
  formatExplanation,
  formatPolicyError,
  loadPolicy,
  matchAction,
} from '../../src/index.ts';
import { ActionShape, PolicyShape } from '../../src/policy/model.ts';
import { exampleText, faults, guide, load, schemasFor } from './files.ts';

const example = load(exampleText(), schemasFor(exampleText()));

/** Fenced blocks with a given info string, in order. */
function blocks(info: string): string[] {
  const fence = new RegExp(`^\`\`\`${info}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...guide().matchAll(fence)].map((match) => match[1] ?? '');
}

/** What a snippet of the guide leaves out because another one shows it. */
const AROUND: Record<string, string> = {
  version: 'version: 1\n',
  groups: 'groups: { sre: [bob, carol], security: [dan, erin] }\n',
  actions: 'actions: { "*": {} }\n',
};

function completed(snippet: string): string {
  const keys = Object.keys(parse(snippet) as object);
  const missing = Object.keys(AROUND).filter((key) => !keys.includes(key));
  return snippet + missing.map((key) => AROUND[key]).join('');
}

describe('the guide', () => {
  const snippets = blocks('yaml');

  test('has snippets to check', () => {
    expect(snippets.length).toBeGreaterThan(10);
  });

  test.each(snippets.map((snippet, index) => ({ index, snippet })))('snippet $index loads', ({ snippet }) => {
    const text = completed(snippet);
    expect(faults(text, schemasFor(text))).toEqual([]);
  });

  test('its faulty file has just the faults it shows', () => {
    const [text = ''] = blocks('yaml wrong');
    const { errors = [] } = loadPolicy({ file: 'policy.yaml', text, schemas: {} });
    expect(`${errors.map(formatPolicyError).join('\n')}\n`).toBe(blocks('text errors')[0]);
  });

  test('its explanation is the one of the example', () => {
    const text = formatExplanation(explainAction(example, 'deploy.production'));
    const [shown] = blocks('text explain deploy\\.production');
    expect(text.replace(/\n {2}policy sha256:.*$/, '\n')).toBe(shown);
  });

  test.each([...Object.keys(PolicyShape.shape), ...Object.keys(ActionShape.shape)])(
    'has a row for %s',
    (key) => {
      expect(guide()).toContain(`\n| \`${key}\` |`);
    },
  );

  test('names no key that there is not', () => {
    const inTables = [...guide().matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] ?? '');
    const sample = exampleText() + guide();
    for (const key of inTables) expect(sample).toMatch(new RegExp(`(^|[\\s{])${key}:`, 'm'));
  });
});

describe('the example policy', () => {
  test('has no fault', () => {
    expect(faults(exampleText(), schemasFor(exampleText()))).toEqual([]);
  });

  test('holds what everyone starts with', () => {
    const rule = (action: string) => matchAction(example, action);
    expect(rule('deploy.production')).toMatchObject({
      timeoutSec: 3600,
      slate: { personas: [{ name: 'on-call' }] },
    });
    expect(rule('db.migrate')).toMatchObject({
      timeoutSec: 172_800,
      slate: {
        stages: [{ name: 'peers' }, { name: 'owner' }],
        overrides: { keys: ['batchSize', 'window'], nonMaterial: ['window'], schema: { type: 'object' } },
      },
      reRequest: { cooldownSec: 60, maxPerHour: 5 },
      redact: ['/connection/password'],
    });
    expect(rule('report.weekly')?.autoApprove).toBe(true);
    expect(rule('environment.create')?.plan).toHaveLength(1);
  });

  test('has actions for a smoke test that end by themselves within seconds', () => {
    const expiring = matchAction(example, 'smoke.expire');
    expect(expiring && deadlines(expiring, '2031-01-01T00:00:00.000Z')).toMatchObject({
      expiresAt: '2031-01-01T00:00:03.000Z',
      escalations: [{ at: '2031-01-01T00:00:01.000Z' }, { at: '2031-01-01T00:00:02.000Z' }],
    });
    expect(matchAction(example, 'smoke.approve')?.slate.stages[0]?.require).toHaveLength(2);
    expect(matchAction(example, 'smoke.deny')).toBeDefined();
  });
});
