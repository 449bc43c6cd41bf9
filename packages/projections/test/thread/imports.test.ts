import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const SOURCES = join(import.meta.dirname, '../../src');

/** Files of libraries that a process of its own loads with these modules. */
function loadedBy(...modules: string[]): string {
  const script = `
    import { registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ load: (url, context, next) => (seen.push(url), next(url, context)) });
    for (const module of ${JSON.stringify(modules)}) await import(module);
    console.log(seen.filter((url) => url.includes('/node_modules/')).join('\\n'));`;
  return execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
}

test('the thread that keeps the views starts without what only policies need', () => {
  const loaded = loadedBy(join(SOURCES, 'runtime/engine.ts'), join(SOURCES, 'views/all.ts'));
  expect(loaded).toContain('/zod/');
  expect(loaded).not.toMatch(/\/(yaml|ajv)\//);
});
