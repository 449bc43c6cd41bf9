import type { PlanStep } from '../policy/policy.ts';
import { replaceSealed } from '../policy/sealing.ts';
import type { Connector, InputFault } from './connector.ts';
import type { PlanFault } from './render.ts';

/** Who knows whether a step can be carried out. Pure. */
export interface PlanChecks {
  /**
   * What is wrong with a step; empty when its connector would take it. That there is no such connector is a fault at
   * the pointer ''.
   * @param templates values that are still `{{payload.x}}` are let through
   */
  faults(step: PlanStep, templates?: boolean): readonly InputFault[];
}

/**
 * What is wrong with filled-in steps by the connectors that would carry them out.
 * @param hasSealed there are values that can't be read here; they pass, and so do texts that need them
 */
export function checkPlan(
  steps: readonly PlanStep[],
  checks: PlanChecks,
  { hasSealed = false } = {},
): PlanFault[] {
  return steps.flatMap((step, index) => {
    const judged = hasSealed ? { ...step, input: replaceSealed(step.input, UNREADABLE) } : step;
    const found = checks.faults(judged, hasSealed);
    return found.map(({ pointer, detail }): PlanFault => ({ step: index, pointer, detail }));
  });
}

/** Stands for a value that can't be read here, in the one form that connectors let through. */
const UNREADABLE = '{{payload.sealed}}';

/** Steps judged by the connectors that would carry them out. */
export function checksBy(connectors: readonly Connector[]): PlanChecks {
  const byName = new Map(connectors.map((connector) => [connector.name, connector]));
  const known = [...byName.keys()].join(', ') || 'none';
  return {
    faults({ connector: name, operation, input }, templates) {
      const connector = byName.get(name);
      if (connector) return connector.validate(operation, input, templates);
      return [{ pointer: '', detail: `there is no connector "${name}"; there are: ${known}` }];
    },
  };
}
