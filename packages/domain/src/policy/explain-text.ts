import type { ExplainedSource, Explanation } from './explain.ts';

type Known = Extract<Explanation, { known: true }>;

/** An explanation as lines of text, for a terminal; ends without a line break. */
export function formatExplanation(explanation: Explanation): string {
  const { action, policyHash, why } = explanation;
  if (!explanation.known) return `${action}: refused, ${why}\npolicy ${policyHash}`;
  return [
    `${action}: rule "${explanation.key}" (${why})`,
    ...(explanation.description === undefined ? [] : [explanation.description]),
    ...indent([
      ...passedOver(explanation),
      ...decision(explanation),
      ...time(explanation),
      ...parameters(explanation),
      ...afterwards(explanation),
      `policy ${policyHash}`,
    ]),
  ].join('\n');
}

/** `48 h`, `10 min`, `90 s`: the largest unit that divides it. */
export function formatSeconds(seconds: number): string {
  if (seconds > 0 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds > 0 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function passedOver({ passedOver: keys }: Known): string[] {
  return keys.length === 0 ? [] : [`also matches ${keys.join(', ')}; the more exact key wins`];
}

function decision(rule: Known): string[] {
  if (rule.autoApprove) return ['approved at once; nobody is asked'];
  return [
    ...rule.personas.map((persona) => `first acknowledged by ${persona.name}: ${who(persona)}`),
    ...rule.stages.flatMap(({ name, require }, index) => [
      `stage ${index + 1} "${name}"`,
      ...indent(require.map((requirement) => `${requirement.min} of ${who(requirement)}`)),
    ]),
    ...(rule.superApprovers.length === 0
      ? []
      : [`super-approvers, who fit any place: ${rule.superApprovers.join(', ')}`]),
    `the requester ${rule.allowSelfApproval ? 'may' : 'may not'} approve`,
    rule.denyThreshold === 1 ? 'one denial ends it' : `${rule.denyThreshold} denials end it`,
  ];
}

/** `sre (bob, carol)`, `ops (whoever's token claims it)`, `any admin`. */
function who({ from, people, claims, anyAdmin }: ExplainedSource): string {
  if (anyAdmin) return from;
  const claimed = claims.map((group) => `whoever's token claims ${group}`);
  const everybody = [...people, ...claimed].join(', ');
  return everybody === from ? from : `${from} (${everybody})`;
}

function time({ timeoutSec, escalation, autoApprove, reRequest }: Known): string[] {
  const limits = [
    ...(reRequest?.cooldownSec ? [`${formatSeconds(reRequest.cooldownSec)} after the one before`] : []),
    ...(reRequest?.maxPerHour ? [`at most ${reRequest.maxPerHour} an hour`] : []),
  ];
  return [
    ...(autoApprove ? [] : [`expires after ${formatSeconds(timeoutSec)}`]),
    ...escalation.map(({ afterSec, beforeSec, notify }) => {
      const told = notify.length === 0 ? '' : `, tells ${notify.join(', ')}`;
      return `escalates after ${formatSeconds(afterSec)}, ${formatSeconds(beforeSec)} before expiry${told}`;
    }),
    ...(limits.length === 0 ? [] : [`may be repeated ${limits.join(', ')}`]),
  ];
}

function parameters({ overrides, redact, personal }: Known): string[] {
  const edits = overrides && [
    `approvers may edit ${overrides.keys.join(', ')}${overrides.hasSchema ? ", within the action's schema" : ''}`,
    ...(overrides.nonMaterial.length === 0
      ? []
      : [`edits of ${overrides.nonMaterial.join(', ')} keep approvals`]),
  ];
  return [
    ...(edits ?? []),
    ...(redact.length === 0 ? [] : [`redacted: ${redact.join(', ')}`]),
    ...(personal.length === 0 ? [] : [`personal, encrypted: ${personal.join(', ')}`]),
  ];
}

function afterwards({ plan, callerPlan, dispatch, validForSec, slackChannel }: Known): string[] {
  const how = dispatch === 'manual' ? 'dispatched by an admin' : 'dispatched once approved';
  return [
    ...(plan.length === 0 ? [] : [`plan: ${plan.join(', then ')}; ${how}`]),
    ...(callerPlan ? [`plan: the caller's; ${how}`] : []),
    ...(validForSec === undefined ? [] : [`an approval is good for ${formatSeconds(validForSec)}`]),
    ...(slackChannel === undefined ? [] : [`posted in ${slackChannel}`]),
  ];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
