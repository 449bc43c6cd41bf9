import type { CallOutcome, Connector, JsonObject, LostCall } from '@countersign/domain';

/** A call with what tests don't care about filled in; it may be reconciled as one that was lost long ago. */
export function callOf(operation: string, input: object, more: Partial<LostCall> = {}): LostCall {
  return {
    operation,
    input: input as JsonObject,
    idempotencyKey: 'appr1-step1',
    signal: AbortSignal.timeout(20_000),
    sentFrom: '2026-01-01T00:00:00.000Z',
    sentUntil: '2026-01-01T00:00:30.000Z',
    ...more,
  };
}

/** The result of a call that succeeds. */
export function resultOf(outcome: CallOutcome): JsonObject {
  if (outcome.outcome !== 'succeeded') throw new Error(`${outcome.outcome}: ${outcome.error}`);
  return outcome.result;
}

/** All that a connector tells of a call in any way, as one text. */
export async function everythingTold(connector: Connector, call: LostCall): Promise<string> {
  const told = [
    connector.validate(call.operation, call.input),
    await connector.dryRun(call),
    await connector.execute(call),
    await connector.reconcile(call),
    await connector.health(call.signal),
  ];
  return JSON.stringify(told);
}
