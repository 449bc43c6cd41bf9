import type { Path } from '../errors.ts';
import type { ActionShape } from '../model.ts';
import type { Report } from './index.ts';

/** Keys of one action that exclude or bound each other. */
export function checkForms(action: ActionShape, defaultTimeoutSec: number, path: Path, report: Report): void {
  checkAutoApprove(action, path, report);
  checkTwoForms(action, path, report);
  checkStageNames(action, path, report);
  checkRungs(action, action.timeoutSec ?? defaultTimeoutSec, path, report);
  checkLimits(action, path, report);
}

/** Keys that only mean something where somebody decides. */
const DECIDED_BY_PEOPLE = [
  'approvers',
  'minApprovals',
  'stages',
  'personas',
  'allowSelfApproval',
  'deny',
  'overrides',
  'escalateBeforeSec',
  'escalation',
] as const satisfies readonly (keyof ActionShape)[];

function checkAutoApprove(action: ActionShape, path: Path, report: Report): void {
  if (!action.autoApprove) return;
  for (const key of DECIDED_BY_PEOPLE) {
    if (action[key] !== undefined) {
      report(
        [...path, key],
        'has no place beside "autoApprove: true", which asks nobody; remove one of the two',
        'key',
      );
    }
  }
}

function checkTwoForms(action: ActionShape, path: Path, report: Report): void {
  if (!action.stages) return;
  for (const key of ['approvers', 'minApprovals'] as const) {
    if (action[key] !== undefined) {
      report(
        [...path, key],
        'stands beside "stages"; write either approvers and minApprovals, or stages',
        'key',
      );
    }
  }
}

function checkStageNames({ stages = [] }: ActionShape, path: Path, report: Report): void {
  const names = stages.map((stage) => stage.name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index) {
      report(
        [...path, 'stages', index, 'name'],
        `"${name}" is already the name of another stage of this action`,
      );
    }
  }
}

function checkRungs(action: ActionShape, timeoutSec: number, path: Path, report: Report): void {
  const { escalateBeforeSec, escalation } = action;
  const tooEarly = (beforeSec: number) =>
    `must be less than the action's timeoutSec, ${timeoutSec}, but is ${beforeSec}`;
  if (escalateBeforeSec !== undefined) {
    const at = [...path, 'escalateBeforeSec'];
    if (escalation) report(at, 'stands beside "escalation"; write one of the two', 'key');
    if (escalateBeforeSec >= timeoutSec) report(at, tooEarly(escalateBeforeSec));
  }
  const due = (escalation ?? []).map((rung) => rung.beforeSec);
  for (const [index, beforeSec] of due.entries()) {
    const at = [...path, 'escalation', index, 'beforeSec'];
    if (beforeSec >= timeoutSec) report(at, tooEarly(beforeSec));
    if (due.indexOf(beforeSec) !== index)
      report(at, `two rungs are due ${beforeSec} seconds before expiry; make them one`);
  }
}

function checkLimits({ reRequest, overrides }: ActionShape, path: Path, report: Report): void {
  if (reRequest && reRequest.cooldownSec === undefined && reRequest.maxPerHour === undefined) {
    report([...path, 'reRequest'], 'limits nothing; give cooldownSec, maxPerHour or both');
  }
  for (const [index, key] of (overrides?.nonMaterial ?? []).entries()) {
    if (!overrides?.keys.includes(key)) {
      report(
        [...path, 'overrides', 'nonMaterial', index],
        `"${key}" is not one of the keys that may be edited: ${overrides?.keys.join(', ')}`,
      );
    }
  }
}
