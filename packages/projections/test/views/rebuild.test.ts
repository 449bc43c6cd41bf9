import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '@countersign/event-store';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { incoming } from '../../src/runtime/incoming.ts';
import type { Incoming, Projection } from '../../src/runtime/projection.ts';
import { buildView, openView } from '../../src/runtime/view.ts';
import { PROJECTIONS } from '../../src/views/all.ts';
import { dumpView } from '../support/dump.ts';
import { randomLedger } from '../support/generate.ts';
import { incomingOf } from '../support/handler.ts';
import { cleanUp, later } from '../support/ledger.ts';

afterEach(cleanUp);

function tempFile(): string {
  const dir = mkdtempSync(join(tmpdir(), 'views-'));
  later(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'view.sqlite');
}

/** Built in one go: rows gather in memory, and are written once. */
function built(projection: Projection, events: readonly Incoming[]): string {
  const file = tempFile();
  const view = buildView(file, projection);
  view.gather(events, events.at(-1)?.position ?? '');
  for (const _step of view.finish());
  view.markReady();
  view.close();
  return file;
}

/** Followed batch by batch, with a new process for each: everything has to come from the file. */
function followed(projection: Projection, events: readonly Incoming[], batch: number): string {
  const file = built(projection, []);
  for (let n = 0; n < events.length; n += batch) {
    const view = openView(file, projection);
    const part = events.slice(n, n + batch);
    view.apply(part, part.at(-1)?.position ?? '');
    view.close();
  }
  return file;
}

/** A first event whose body is cut off where views look into it that pass over most. */
const unreadable: RecordedEvent = {
  id: 'broken',
  stream: 'approval-broken',
  revision: 0,
  type: 'ApprovalRequested',
  data: '{"callbackUrl":"","slack":{"channel":',
  metadata: '{}',
  position: '',
  storedAt: 0,
};

describe.each(PROJECTIONS.map((projection) => [projection.name, projection] as const))(
  'the view %s',
  (_, projection) => {
    test('property: is the same built in one go and followed in batches by ever new processes', () => {
      fc.assert(
        fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), (seed, batch) => {
          const events = incomingOf(randomLedger(seed, 25).steps);
          const whole = dumpView(built(projection, events));
          expect(dumpView(followed(projection, events, batch))).toEqual(whole);
        }),
        { numRuns: 8 },
      );
    });

    test('forgets a batch of which one event cannot be read', () => {
      const events = incomingOf(randomLedger(5, 25).steps);
      const file = built(projection, []);
      const view = openView(file, projection);
      later(() => view.close());
      const broken = incoming({ ...unreadable, position: String(events.length + 1).padStart(16, '0') });
      const position = events.at(-1)?.position ?? '';
      expect(() => view.apply([...events, broken], broken.position)).toThrow();
      view.apply(events, position);
      expect(dumpView(file)).toEqual(dumpView(built(projection, events)));
    });
  },
);
