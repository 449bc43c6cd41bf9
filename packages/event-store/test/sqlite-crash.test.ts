import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readAll } from '../src/contract/index.ts';
import { type RecordedEvent, START } from '../src/index.ts';
import { run, type TemporaryFolder, temporaryFolder } from './support.ts';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

test('kill -9 amid appends: what was acknowledged is there once, streams are dense, no append is torn', async () => {
  const file = folder.file('killed.db');
  const acknowledged: string[] = [];
  for (const [round, lines] of [150, 600, 1200, 300].entries()) {
    const writer = run('support-append-child.ts', file, round, 24);
    await writer.hasPrinted(lines);
    writer.process.kill('SIGKILL');
    expect(await writer.ended).toBe('SIGKILL');
    acknowledged.push(...writer.lines.filter((line) => line.length === 36));

    const store = await folder.open('killed.db');
    const log = await readAll(store, START, undefined, 1000);
    await store.close();
    const known = new Set(log.map(({ id }) => id));
    expect(known.size).toBe(log.length);
    expect(acknowledged.filter((id) => !known.has(id))).toEqual([]);
    expectDense(log);
    expectWhole(log);
  }
});

function expectDense(log: readonly RecordedEvent[]): void {
  const next = new Map<string, number>();
  for (const { stream, revision } of log) {
    expect(revision).toBe(next.get(stream) ?? 0);
    next.set(stream, revision + 1);
  }
}

function expectWhole(log: readonly RecordedEvent[]): void {
  const bodies = log.map(({ stream, data }) => ({ stream, ...JSON.parse(data) }));
  for (const [at, { index, size, batch, stream }] of bodies.entries()) {
    const last = bodies[at - index + size - 1];
    expect(last).toMatchObject({ stream, batch, index: size - 1 });
  }
}
