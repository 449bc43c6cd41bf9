import { createHash } from 'node:crypto';
import type { Stage, Story, Submission } from './mapping.ts';

/** The log names roles, not persons; so a few people stand behind each role, and a declaration always meets the same ones. */

const EMPLOYEES = 40;
const PER_STAGE = 5;

export const employees = numbered('employee', EMPLOYEES);
export const deciders: Readonly<Record<Stage, readonly string[]>> = {
  administration: numbered('administration', PER_STAGE),
  'budget-owner': numbered('budget-owner', PER_STAGE),
  'pre-approver': numbered('pre-approver', PER_STAGE),
  supervisor: numbered('supervisor', PER_STAGE),
  director: numbered('director', PER_STAGE),
};

/** Who may read everything. */
export const AUDITOR = 'bench-auditor';

export function employeeOf(declaration: string): string {
  return pick(employees, declaration);
}

export function deciderOf(stage: Stage, declaration: string, submission: number): string {
  return pick(deciders[stage], `${declaration}/${submission}`);
}

/** The policy has one action per way through the stages. */
export function actionOf({ route }: Pick<Submission, 'route'>): string {
  return `declaration.${route.join('.')}`;
}

/** A policy for exactly the ways that the log shows; JSON, which YAML includes. */
export function policyFor(stories: readonly Story[]): string {
  const routes = new Map<string, readonly Stage[]>();
  for (const submission of stories.flatMap(({ submissions }) => submissions)) {
    routes.set(actionOf(submission), submission.route);
  }
  const actions = Object.fromEntries(
    [...routes]
      .sort()
      .map(([action, route]) => [
        action,
        { stages: route.map((stage) => ({ name: stage, require: [{ group: stage, min: 1 }] })) },
      ]),
  );
  return JSON.stringify({ version: 1, groups: deciders, actions }, null, 2);
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}

function pick(people: readonly string[], key: string): string {
  const digest = createHash('sha256').update(key).digest().readUInt32BE();
  return people[digest % people.length] as string;
}
