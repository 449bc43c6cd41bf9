import { canonicalJson, decodeEvent, evolve, initialState } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import { seedPolicy } from '../seed/policy.ts';
import { EVENTS_OF_A_DECIDED, seedRequest } from '../seed/requests.ts';

const policy = seedPolicy();
const AT = Date.parse('2026-01-01T00:00:00Z');

describe('seeded requests', () => {
  test.each([0, 1, 7, 1234])('request %d is decided by events that every reader can read', (index) => {
    const events = seedRequest(policy, index, AT, true).appends.flat();
    expect(events).toHaveLength(EVENTS_OF_A_DECIDED);
    const metadata = canonicalJson({ commandId: 'c', correlationId: 'c', schemaVersion: 1 });
    for (const [revision, { type, data }] of events.entries()) {
      const stored = { stream: 'approval-x', revision, type, data: canonicalJson(data), metadata };
      expect(decodeEvent(stored)).toEqual({ type, data });
    }
    const state = events.reduce(evolve, initialState as Parameters<typeof evolve>[0]);
    expect(state).toMatchObject({ exists: true, decision: { outcome: 'approved', how: 'votes' } });
  });

  test('a pending one is one event', () => {
    expect(
      seedRequest(policy, 3, AT, false)
        .appends.flat()
        .map(({ type }) => type),
    ).toEqual(['ApprovalRequested']);
  });
});
