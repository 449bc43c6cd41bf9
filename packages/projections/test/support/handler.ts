import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerEvent } from '@countersign/domain';
import { createReader, type SwitchableReader } from '../../src/read/reader.ts';
import { incoming } from '../../src/runtime/incoming.ts';
import type { Incoming, Projection } from '../../src/runtime/projection.ts';
import { buildView, openView } from '../../src/runtime/view.ts';
import { later, recorded } from './ledger.ts';

export interface Given {
  readonly stream: string;
  readonly event: LedgerEvent;
}

/** A view file of one projection, fed by hand. */
export interface Fed {
  readonly file: string;
  readonly reader: SwitchableReader;
  /** Handles these events behind those given before, in batches of so many. */
  given(steps: readonly Given[], batch?: number): void;
}

/** Steps as a handler gets them, from the beginning of the log on. */
export function incomingOf(steps: readonly Given[]): Incoming[] {
  const revisions = new Map<string, number>();
  return steps.map(({ stream, event }, n) => {
    const revision = revisions.get(stream) ?? 0;
    revisions.set(stream, revision + 1);
    return incoming(recorded(stream, revision, n + 1, event));
  });
}

export function feed(projection: Projection): Fed {
  const dir = mkdtempSync(join(tmpdir(), 'view-'));
  const file = join(dir, 'view.sqlite');
  const building = buildView(file, projection);
  for (const _step of building.finish());
  building.markReady();
  building.close();
  const view = openView(file, projection);
  const reader = createReader(projection.name);
  reader.switchTo(file);
  later(() => {
    reader.close();
    view.close();
    rmSync(dir, { recursive: true });
  });
  const revisions = new Map<string, number>();
  let n = 0;
  return {
    file,
    reader,
    given(steps, batch = steps.length) {
      const events = steps.map(({ stream, event }) => {
        const revision = revisions.get(stream) ?? 0;
        revisions.set(stream, revision + 1);
        return incoming(recorded(stream, revision, ++n, event));
      });
      for (let at = 0; at < events.length; at += batch) {
        const part = events.slice(at, at + batch);
        view.apply(part, part.at(-1)?.position ?? '');
      }
    },
  };
}

/** Steps of driven requests, one stream after the other. */
export function steps(
  ...requests: readonly { requestId: string; events: readonly LedgerEvent[] }[]
): Given[] {
  return requests.flatMap(({ requestId, events }) =>
    events.map((event) => ({ stream: `approval-${requestId}`, event })),
  );
}
