import type { ExplainedSource, Explanation } from '@countersign/domain';
import { facts } from '../output/table.ts';

type Known = Extract<Explanation, { known: true }>;

/** What a policy asks of an action, as people read it. */
export function describeExplanation(explanation: Explanation): string {
  if (!explanation.known) return `${explanation.action}: refused. ${explanation.why}`;
  return facts([
    ['action', explanation.action],
    ['rule', `${explanation.key} (${explanation.why})`],
    ['passed over', explanation.passedOver.join(', ') || undefined],
    ['description', explanation.description],
    [
      'acknowledge first',
      explanation.personas.map((persona) => `${persona.name} (${who(persona)})`).join('; ') || undefined,
    ],
    ...approvalLines(explanation),
    ['super-approvers', explanation.superApprovers.join(', ') || undefined],
    [
      'own request',
      explanation.allowSelfApproval
        ? 'may be approved by its requester'
        : 'may not be approved by its requester',
    ],
    ['ends by', `${times(explanation.denyThreshold)} denied, or after ${explanation.timeoutSec} s`],
    ['escalates', escalationText(explanation)],
    ['asking again', repeatText(explanation)],
    ['may be edited', explanation.overrides?.keys.join(', ')],
    ['redacted', explanation.redact.join(', ') || undefined],
    ['personal', explanation.personal.join(', ') || undefined],
    ['plan', explanation.plan.join(', ') || undefined],
    ['policy', explanation.policyHash],
  ]);
}

function approvalLines({ autoApprove, stages }: Known): [string, string][] {
  if (autoApprove) return [['approval', 'at once, by nobody']];
  return stages.map(({ name, require }, index) => [
    `stage ${index + 1}`,
    `${name}: ${require.map((place) => `${place.min} of ${who(place)}`).join(' and ')}`,
  ]);
}

function who({ from, people, claims, anyAdmin }: ExplainedSource): string {
  const named = [
    ...people,
    ...claims.map((claim) => `whoever claims ${claim}`),
    ...(anyAdmin ? ['any admin'] : []),
  ];
  return named.join(', ') === from ? from : `${from}: ${named.join(', ')}`;
}

function escalationText({ escalation }: Known): string | undefined {
  const rungs = escalation.map(
    ({ afterSec, notify }) => `after ${afterSec} s to ${notify.join(', ') || 'nobody'}`,
  );
  return rungs.join('; ') || undefined;
}

function repeatText({ reRequest }: Known): string | undefined {
  if (!reRequest) return undefined;
  const { cooldownSec, maxPerHour } = reRequest;
  const parts = [
    cooldownSec === undefined ? '' : `${cooldownSec} s after a denial`,
    maxPerHour === undefined ? '' : `${maxPerHour} times an hour`,
  ];
  return parts.filter(Boolean).join(', ') || undefined;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
