import { type Path, suggestion } from '../errors.ts';
import type { PolicyShape, SourceShape } from '../model.ts';
import type { Report } from './index.ts';

/** Approvers, a requirement or a persona: names somebody, and only groups that exist and have members. */
export function checkNames(source: SourceShape, shape: PolicyShape, path: Path, report: Report): void {
  const { group, groups, users } = source;
  if (group !== undefined && groups !== undefined) {
    report([...path, 'group'], 'stands beside "groups"; name all groups in one of the two', 'key');
  }
  if (group === undefined && !groups?.length && !users?.length) {
    report(path, 'names nobody; give a group, groups or users');
  }
  if (group !== undefined) checkGroup(group, shape, [...path, 'group'], report);
  for (const [index, name] of (groups ?? []).entries()) {
    checkGroup(name, shape, [...path, 'groups', index], report);
  }
}

function checkGroup(name: string, shape: PolicyShape, path: Path, report: Report): void {
  const group = Object.hasOwn(shape.groups, name) ? shape.groups[name] : undefined;
  if (!group) report(path, unknownName('group', name, Object.keys(shape.groups)));
  else if (!group.claim && group.members.length === 0) {
    report(path, `group "${name}" has no members, so that nobody could ever act for it`);
  }
}

/** `there is no group "sr". Did you mean "sre"? Defined: sre, security` */
export function unknownName(kind: string, name: string, known: readonly string[]): string {
  const defined = known.length === 0 ? `The policy defines no ${kind}` : `Defined: ${known.join(', ')}`;
  return `there is no ${kind} "${name}".${suggestion(name, known)} ${defined}`;
}
