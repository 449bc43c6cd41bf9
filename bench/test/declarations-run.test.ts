import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../declarations/main.ts', import.meta.url));
const STEPS: Record<string, [string, string]> = {
  submit: ['Declaration SUBMITTED by EMPLOYEE', 'EMPLOYEE'],
  adm: ['Declaration APPROVED by ADMINISTRATION', 'ADMINISTRATION'],
  budget: ['Declaration APPROVED by BUDGET OWNER', 'BUDGET OWNER'],
  final: ['Declaration FINAL_APPROVED by SUPERVISOR', 'SUPERVISOR'],
  noAdm: ['Declaration REJECTED by ADMINISTRATION', 'ADMINISTRATION'],
  noEmp: ['Declaration REJECTED by EMPLOYEE', 'EMPLOYEE'],
  odd: ['Declaration APPROVED by NOBODY', 'NOBODY'],
};

function xes(traces: readonly string[]): Buffer {
  const attribute = (key: string, value: string) => `<string key="${key}" value="${value}"/>`;
  const text = traces.map((steps, index) => {
    const events = steps.split(' ').map((step) => {
      const [activity = '', role = ''] = STEPS[step] ?? [];
      return `<event>${attribute('concept:name', activity)}${attribute('org:role', role)}<date key="time:timestamp" value="2018-01-01T00:00:00Z"/></event>`;
    });
    return `<trace>${attribute('concept:name', `declaration${index}`)}${events.join('')}</trace>`;
  });
  return gzipSync(`<log>${text.join('')}</log>`);
}

function run(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    );
  });
}

describe('the run against a real server', () => {
  let dir = '';
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'declarations-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test('proves what the log says', async () => {
    const data = join(dir, 'small.xes.gz');
    writeFileSync(
      data,
      xes(['submit adm final', 'submit noAdm noEmp submit adm budget final', 'submit noEmp']),
    );
    const { code, output } = await run('--data', data);
    expect(output).toContain('Every one of 3 declarations ended as the log says.');
    expect(output).toMatch(/declarations resubmitted 1 × +1 +1\n/);
    expect(code).toBe(0);
  }, 60_000);

  test('does not begin with a log that it does not understand', async () => {
    const data = join(dir, 'odd.xes.gz');
    writeFileSync(data, xes(['submit odd final']));
    const { code, output } = await run('--data', data);
    expect(output).toContain('no rule for "Declaration APPROVED by NOBODY"');
    expect(code).not.toBe(0);
  });

  test('says so where there is no log', async () => {
    const { code, output } = await run('--data', join(dir, 'absent.xes'));
    expect(output).toContain('There is no event log at');
    expect(code).toBe(0);
  });
});
