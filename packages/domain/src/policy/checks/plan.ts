import type { Json } from '../../canonical/json.ts';
import type { Path } from '../errors.ts';
import type { ActionShape } from '../model.ts';
import { patternsOverlap } from '../sealing.ts';
import { type Template, templatesIn } from '../template.ts';
import type { Report } from './index.ts';

/** Where the plan comes from, what its templates say, and that nothing it needs is redacted. */
export function checkPlan(action: ActionShape, path: Path, report: Report): void {
  const { plan, callerPlan, dispatch } = action;
  if (plan && callerPlan) {
    report(
      [...path, 'callerPlan'],
      'stands beside "plan"; the plan is either the policy\'s or the caller\'s',
      'key',
    );
  }
  if (dispatch !== undefined && !plan && !callerPlan) {
    report([...path, 'dispatch'], 'needs a plan to carry out: give "plan", or "callerPlan: true"', 'key');
  }
  for (const [index, step] of (plan ?? []).entries()) {
    for (const template of templatesIn(step.input as Json, [...path, 'plan', index, 'input'])) {
      checkTemplate(template, action, report);
    }
  }
  const steps = callerPlan ? redacting(action, '/steps') : undefined;
  if (steps !== undefined) {
    report(
      [...path, 'callerPlan'],
      `reads payload.steps, which redact "${steps}" removes; a plan needs its values`,
    );
  }
}

function checkTemplate(template: Template, action: ActionShape, report: Report): void {
  const { path, text, tokens, inKey } = template;
  if (inKey) {
    report(path, `${text} stands in a key; only values are filled in`, 'key');
  } else if (tokens === null) {
    report(path, `${text} is not a template; write {{payload.name}}, with dots for deeper values`);
  } else {
    const pointer = redacting(action, `/${tokens.join('/')}`);
    if (pointer !== undefined)
      report(path, `${text} needs what redact "${pointer}" removes; a plan needs its values`);
  }
}

function redacting(action: ActionShape, pointer: string): string | undefined {
  return action.redact?.find((pattern) => patternsOverlap(pattern, pointer));
}
