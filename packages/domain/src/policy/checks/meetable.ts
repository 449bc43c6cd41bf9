import { findUnmeetable } from '../../approval/eligibility.ts';
import type { Slate } from '../../approval/slate.ts';
import { DEFAULT_TENANT, tenantOf } from '../../principal.ts';
import type { Path } from '../errors.ts';
import type { ActionShape, PolicyShape } from '../model.ts';
import type { Group } from '../policy.ts';
import { resolveGroups, resolveSlate } from '../resolve.ts';
import type { Report } from './index.ts';

interface Gap {
  readonly path: Path;
  readonly message: string;
}

/**
 * Whether there are people enough. A request is decided within one tenant, so that it is enough when one tenant
 * among the policy's people can meet everything; otherwise the gaps of the tenant that comes nearest are reported.
 */
export function checkMeetable(
  action: ActionShape,
  shape: PolicyShape,
  { tenants, groups }: Population,
  path: Path,
  report: Report,
): void {
  const slate = resolveSlate(action, shape, groups);
  let nearest: Gap[] = [];
  for (const tenant of tenants) {
    const gaps = gapsOf(slate, action, tenant, path);
    if (gaps.length === 0) return;
    if (nearest.length === 0 || gaps.length < nearest.length) nearest = gaps;
  }
  for (const gap of nearest) report(gap.path, gap.message);
}

/** Everybody the policy names: worked out once for all its actions. */
export interface Population {
  readonly tenants: readonly string[];
  readonly groups: ReadonlyMap<string, Group>;
}

export function populationOf(shape: PolicyShape): Population {
  return { tenants: tenantsOf(shape), groups: resolveGroups(shape) };
}

function tenantsOf(shape: PolicyShape): string[] {
  const members = Object.values(shape.groups).flatMap((group) => group.members);
  const sources = [
    ...Object.values(shape.personas),
    ...Object.values(shape.actions).flatMap((action) => [
      ...(action.approvers ? [action.approvers] : []),
      ...(action.stages ?? []).flatMap((stage) => stage.require),
    ]),
  ];
  const people = [...shape.superApprovers, ...members, ...sources.flatMap((source) => source.users ?? [])];
  return [...new Set([DEFAULT_TENANT, ...people.map(tenantOf)])];
}

function gapsOf(slate: Slate, action: ActionShape, tenant: string, path: Path): Gap[] {
  const unmeetable = (part: Pick<Slate, 'personas' | 'stages'>) =>
    findUnmeetable({ ...slate, ...part }, tenant, new Set());
  const personas = slate.personas.map((persona, index) => ({
    path: [...path, 'personas', index],
    message: unmeetable({ personas: [persona], stages: [] }),
  }));
  const stages = slate.stages.map((stage, index) => {
    const alone = stage.require.findIndex(
      (requirement) => unmeetable({ personas: [], stages: [{ ...stage, require: [requirement] }] }) !== null,
    );
    return {
      path: [...path, ...whereIn(action, index, alone)],
      message: unmeetable({ personas: [], stages: [stage] }),
    };
  });
  return [...personas, ...stages].flatMap(({ path: at, message }) =>
    message === null ? [] : [{ path: at, message }],
  );
}

/** The key to change: the number asked of one requirement, or the requirements that ask for the same people. */
function whereIn(action: ActionShape, stage: number, requirement: number): Path {
  if (!action.stages) return [action.minApprovals === undefined ? 'approvers' : 'minApprovals'];
  const inStage = ['stages', stage, 'require'];
  if (requirement === -1) return inStage;
  const names = action.stages[stage]?.require[requirement];
  return [...inStage, requirement, ...(names && names.min > 1 ? ['min'] : [])];
}
