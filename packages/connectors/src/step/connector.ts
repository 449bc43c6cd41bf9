import type {
  CallOutcome,
  Connector,
  ConnectorCall,
  ConnectorHealth,
  InputFault,
  LostCall,
  Reconciled,
} from '@countersign/domain';
import { type Formats, inputChecks, type MoreFaults } from './input.ts';
import type { Operation } from './operation.ts';
import type { Secrets } from './secrets.ts';
import { Stop } from './stop.ts';

export interface ConnectorParts {
  readonly name: string;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly formats: Formats;
  readonly secrets: Secrets;
  /** Why it can do nothing, such as the settings it lacks; undefined when it can. */
  readonly unconfigured?: string | undefined;
  /** Asks whether the outside system is there; returns or throws. */
  readonly health: (signal: AbortSignal) => Promise<void>;
}

const MAX_ERROR = 500;

/**
 * A connector of its operations. Keeps what they needn't think of: inputs are checked first, nothing is thrown, and
 * nothing leaves with a secret in it.
 */
export function connectorOf({
  name,
  operations,
  formats,
  secrets,
  unconfigured,
  health,
}: ConnectorParts): Connector {
  const checkBy = inputChecks(formats);
  const checked = new Map(
    Object.entries(operations).map(([key, operation]) => [
      key,
      {
        ...operation,
        check: checkBy(operation.schema, operation.faults?.bind(operation) as MoreFaults | undefined),
      },
    ]),
  );
  const text = (error: unknown): string => {
    const words = error instanceof Error ? error.message : String(error);
    return secrets.clean(words).slice(0, MAX_ERROR);
  };
  const faultsOf = (
    operation: string,
    input: ConnectorCall['input'],
    templates: boolean,
  ): readonly InputFault[] => {
    const known = checked.get(operation);
    if (known) return known.check(input, templates);
    return [
      {
        pointer: '',
        detail: `${name} has no operation "${operation}"; it has ${[...checked.keys()].join(', ')}`,
      },
    ];
  };
  const missing = unconfigured === undefined ? undefined : `${name} is not configured: ${unconfigured}`;
  /** Why a call is not even tried. */
  const refusalOf = ({ operation, input }: ConnectorCall): string | undefined => {
    if (missing !== undefined) return missing;
    const faults = faultsOf(operation, input, false).map(({ pointer, detail }) =>
      `${pointer} ${detail}`.trim(),
    );
    return faults.length === 0 ? undefined : `the input is refused: ${faults.join('; ')}`;
  };
  const operationOf = (call: ConnectorCall): Operation => checked.get(call.operation) as Operation;

  return {
    name,
    operations: [...checked.keys()],
    validate: (operation, input, templates = false) => faultsOf(operation, input, templates),
    async dryRun(call) {
      const refusal = refusalOf(call);
      if (refusal !== undefined) return { summary: secrets.clean(`would fail: ${refusal}`), details: null };
      return secrets.clean(operationOf(call).dryRun(call as never));
    },
    async execute(call): Promise<CallOutcome> {
      const refusal = refusalOf(call);
      if (refusal !== undefined) return { outcome: 'failed', error: text(refusal), transient: false };
      try {
        return {
          outcome: 'succeeded',
          result: secrets.clean(await operationOf(call).execute(call as never)),
        };
      } catch (error) {
        if (error instanceof Stop) return { ...error.outcome, error: text(error) };
        return { outcome: 'unknown', error: `${name} failed in itself: ${text(error)}` };
      }
    },
    async reconcile(call: LostCall): Promise<Reconciled> {
      // It was configured when the call was made, and will be again.
      if (missing !== undefined) return { found: 'ask_again', why: missing };
      const refusal = refusalOf(call);
      if (refusal !== undefined) return { found: 'cannot_tell', why: text(refusal) };
      try {
        return secrets.clean(await operationOf(call).reconcile(call as never));
      } catch (error) {
        return notTold(error, text(error));
      }
    },
    async health(signal): Promise<ConnectorHealth> {
      if (unconfigured !== undefined) return { status: 'unconfigured', detail: unconfigured };
      try {
        await health(signal);
        return { status: 'ok' };
      } catch (error) {
        return { status: 'error', detail: text(error) };
      }
    },
  };
}

/** What a question that ended in an error says: asked again when another time may be better, else a person's. */
function notTold(error: unknown, why: string): Reconciled {
  if (!(error instanceof Stop)) return { found: 'cannot_tell', why };
  const { outcome } = error;
  if (outcome.outcome === 'unknown') return { found: 'ask_again', why };
  if (!outcome.transient) return { found: 'cannot_tell', why };
  return {
    found: 'ask_again',
    why,
    ...(outcome.retryAfterMs === undefined ? {} : { retryAfterMs: outcome.retryAfterMs }),
  };
}
