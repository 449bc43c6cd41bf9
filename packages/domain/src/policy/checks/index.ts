import type { Path } from '../errors.ts';
import type { PolicyShape } from '../model.ts';
import { checkForms } from './forms.ts';
import { checkMeetable, populationOf } from './meetable.ts';
import { checkNames, unknownName } from './names.ts';
import { checkPeople } from './people.ts';
import { checkPlan } from './plan.ts';
import { checkSealing } from './sealing.ts';

/** Takes one fault: where, and what is wrong and allowed. */
export type Report = (path: Path, message: string, at?: 'key' | 'value') => void;

/** What a file of the right shape can still get wrong. */
export function checkPolicy(shape: PolicyShape, report: Report): void {
  checkPeople(shape, report);
  for (const [name, persona] of Object.entries(shape.personas)) {
    checkNames(persona, shape, ['personas', name], report);
  }
  const population = populationOf(shape);
  for (const [key, action] of Object.entries(shape.actions)) {
    const path = ['actions', key];
    checkForms(action, shape.defaults.timeoutSec, path, report);
    checkSealing(action, path, report);
    checkPlan(action, path, report);
    if (checkActionNames(action, shape, path, report)) checkMeetable(action, shape, population, path, report);
  }
}

/** Whether every name that the action uses leads to somebody. */
function checkActionNames(
  action: PolicyShape['actions'][string],
  shape: PolicyShape,
  path: Path,
  report: Report,
): boolean {
  let faults = 0;
  const counting: Report = (...fault) => {
    faults += 1;
    report(...fault);
  };
  if (action.approvers) checkNames(action.approvers, shape, [...path, 'approvers'], counting);
  for (const [s, stage] of (action.stages ?? []).entries()) {
    for (const [r, requirement] of stage.require.entries()) {
      checkNames(requirement, shape, [...path, 'stages', s, 'require', r], counting);
    }
  }
  for (const [index, persona] of (action.personas ?? []).entries()) {
    checkPersona(persona, shape, [...path, 'personas', index], counting);
  }
  return faults === 0;
}

function checkPersona(persona: string, shape: PolicyShape, path: Path, report: Report): void {
  if (!Object.hasOwn(shape.personas, persona)) {
    const known = Object.keys(shape.personas);
    report(path, unknownName('persona', persona, known));
    return;
  }
  // Its faults are reported where the persona is defined; here they only stop what builds on it.
  let broken = false;
  checkNames(shape.personas[persona] ?? {}, shape, [], () => {
    broken = true;
  });
  if (broken) report(path, `persona "${persona}" is not usable as it is defined`);
}
