import type { ConnectorCall, InputFault, Json, JsonObject, LostCall, Reconciled } from '@countersign/domain';

/** A call whose input has been checked against the operation's schema. */
export type Checked<Input, Call extends ConnectorCall = ConnectorCall> = Omit<Call, 'input'> & {
  readonly input: Input;
};

export interface DryRun {
  readonly summary: string;
  readonly details: Json;
}

/** One thing a connector can do. What is thrown is a `Stop`; the connector's edge takes care of all else. */
export interface OperationOf<Input> {
  /** JSON Schema, draft 2020-12, of the input. */
  readonly schema: JsonObject;
  /** What a schema can't say well. Sees inputs whose values may still be templates, and says nothing of those. */
  faults?(input: Input): readonly InputFault[];
  dryRun(call: Checked<Input>): DryRun;
  /** The result for the record. */
  execute(call: Checked<Input>): Promise<JsonObject>;
  reconcile(call: Checked<Input, LostCall>): Promise<Reconciled>;
}

/** What the edge sees of every operation: inputs are whatever the schema let through. */
export type Operation = OperationOf<never>;
