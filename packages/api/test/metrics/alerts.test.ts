import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const FOLDER = fileURLToPath(new URL('../../../../infra/prometheus/', import.meta.url));
const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

describe('infra/prometheus/alerts.yml', () => {
  const { groups } = parse(readFileSync(`${FOLDER}alerts.yml`, 'utf8')) as Rules;
  const alerts = groups.flatMap(({ rules }) => rules);

  test('asks for metrics that there are', () => {
    const golden = readFileSync(new URL('./metrics.golden.txt', import.meta.url), 'utf8');
    const known = new Set(golden.match(/^[a-z_]+/gm));
    const names = alerts.flatMap(({ expr }) => expr.match(/\b[a-z]+(?:_[a-z]+)+\b(?!\()/g) ?? []);
    const asked = names
      .map((name) => name.replace(/_bucket$/, ''))
      .filter((name) => !/_over_time$/.test(name));
    expect(asked.length).toBeGreaterThan(alerts.length - 1);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  const tool = hasPromtool ? test : test.skip;
  tool(
    `fires when it must and not otherwise${hasPromtool ? '' : ' (skipped: promtool is not installed)'}`,
    () => {
      const output = execFileSync('promtool', ['test', 'rules', 'alerts.test.yml'], {
        cwd: FOLDER,
        encoding: 'utf8',
      });
      expect(output).toContain('SUCCESS');
    },
  );

  test('every alert is tested', () => {
    const tests = readFileSync(`${FOLDER}alerts.test.yml`, 'utf8');
    for (const { alert } of alerts) expect(tests).toContain(`alertname: ${alert}`);
  });
});
