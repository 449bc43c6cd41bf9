import type { Authority } from '../approval/eligibility.ts';
import type { OverrideRules, Requirement, Slate, Source, Stage } from '../approval/slate.ts';
import { deepFreeze } from '../canonical/constant.ts';
import type { Hash } from '../canonical/hash.ts';
import type { JsonObject } from '../canonical/json.ts';
import { normalisePersonName, type PersonId } from '../principal.ts';
import type { ActionShape, PolicyShape, SourceShape } from './model.ts';
import type { ActionRule, Group, LinkedPerson, Policy } from './policy.ts';

/** From the file's shape, which must have passed its checks, to what the program asks. */

export interface PolicyFacts {
  readonly hash: Hash;
  readonly file: string;
  readonly text: string;
  readonly schemas: Readonly<Record<string, string>>;
  /** The same schemas, read. */
  readonly parsedSchemas: ReadonlyMap<string, JsonObject>;
}

export function resolvePolicy(shape: PolicyShape, facts: PolicyFacts): Policy {
  const { hash, file, text, schemas, parsedSchemas } = facts;
  const groups = resolveGroups(shape);
  const rules = Object.entries(shape.actions).map(([key, action]) =>
    deepFreeze(resolveAction(key, action, shape, groups, parsedSchemas)),
  );
  const people = Object.entries(shape.people).map(([name, linked]) => resolvePerson(name, linked));
  return Object.freeze({
    hash,
    file,
    text,
    schemas,
    superApprovers: shape.superApprovers,
    groups,
    rules,
    exact: new Map(rules.filter(({ key }) => !key.endsWith('*')).map((rule) => [rule.key, rule])),
    prefixes: rules.filter(({ key }) => key.endsWith('*')).toSorted((a, b) => b.key.length - a.key.length),
    people: new Map(people.map((linked) => [linked.person, linked])),
    peopleBySlack: new Map(people.flatMap((p) => (p.slack === undefined ? [] : [[p.slack, p]]))),
    peopleByEmail: new Map(
      people.flatMap((p) => (p.email === undefined ? [] : [[p.email.toLowerCase(), p]])),
    ),
    authorities: resolveAuthorities(shape.superApprovers, groups),
    callbackHosts: shape.callbacks.allow,
  });
}

export function resolveGroups(shape: Pick<PolicyShape, 'groups'>): Map<string, Group> {
  const groups = Object.entries(shape.groups).map(([name, { members, claim }]) => ({ name, members, claim }));
  return new Map(groups.map((group) => [group.name, deepFreeze(group)]));
}

/** Groups must all be known. */
export function resolveSource(shape: SourceShape, groups: ReadonlyMap<string, Group>): Source {
  const names = [...(shape.group === undefined ? [] : [shape.group]), ...(shape.groups ?? [])];
  const users = shape.users ?? [];
  const named = names.flatMap((name) => groups.get(name) ?? []);
  return {
    label: [...names, ...users].join(' or '),
    users: [...users],
    groups: named
      .filter((group) => group.members.length > 0)
      .map(({ name, members }) => ({ name, members: [...members] })),
    claims: named.filter((group) => group.claim).map((group) => group.name),
    admins: false,
  };
}

export function resolveSlate(
  action: ActionShape,
  shape: Pick<PolicyShape, 'personas' | 'superApprovers'>,
  groups: ReadonlyMap<string, Group>,
  overrides?: OverrideRules,
): Slate {
  const personas = (action.personas ?? []).map((name) => ({
    name,
    from: resolveSource(Object.hasOwn(shape.personas, name) ? (shape.personas[name] ?? {}) : {}, groups),
  }));
  return {
    personas,
    stages: resolveStages(action, groups),
    denyThreshold: action.deny?.min ?? 1,
    superApprovers: [...shape.superApprovers],
    allowSelfApproval: action.allowSelfApproval ?? false,
    ...(overrides && { overrides }),
  };
}

const ANY_ADMIN: Source = { label: 'any admin', users: [], groups: [], claims: [], admins: true };

/** The simple form is one stage with one requirement; the full form is taken as it stands. */
function resolveStages(action: ActionShape, groups: ReadonlyMap<string, Group>): Stage[] {
  if (action.autoApprove) return [];
  if (action.stages) {
    return action.stages.map(({ name, require }) => ({
      name,
      require: require.map((r): Requirement => ({ from: resolveSource(r, groups), min: r.min })),
    }));
  }
  const from = action.approvers ? resolveSource(action.approvers, groups) : ANY_ADMIN;
  return [{ name: 'approval', require: [{ from, min: action.minApprovals ?? 1 }] }];
}

function resolveAction(
  key: string,
  action: ActionShape,
  shape: PolicyShape,
  groups: ReadonlyMap<string, Group>,
  schemas: ReadonlyMap<string, JsonObject>,
): ActionRule {
  const { description, plan, reRequest, validForSec } = action;
  const slack = action.slack ?? shape.defaults.slack;
  return {
    key,
    ...(description !== undefined && { description }),
    autoApprove: action.autoApprove ?? false,
    slate: resolveSlate(action, shape, groups, resolveOverrides(action, schemas)),
    timeoutSec: action.timeoutSec ?? shape.defaults.timeoutSec,
    escalation: resolveEscalation(action),
    ...(reRequest && { reRequest: resolveReRequest(reRequest) }),
    redact: action.redact ?? [],
    personal: action.personal ?? [],
    ...(slack && { slack }),
    ...(plan && { plan: plan as NonNullable<ActionRule['plan']> }),
    callerPlan: action.callerPlan ?? false,
    dispatch: action.dispatch ?? (action.autoApprove ? 'on-approval' : 'manual'),
    ...(validForSec !== undefined && { validForSec }),
  };
}

function resolveEscalation(action: ActionShape): ActionRule['escalation'] {
  if (action.escalateBeforeSec !== undefined) return [{ beforeSec: action.escalateBeforeSec, notify: [] }];
  return (action.escalation ?? []).toSorted((a, b) => b.beforeSec - a.beforeSec);
}

function resolveReRequest(
  shape: NonNullable<ActionShape['reRequest']>,
): NonNullable<ActionRule['reRequest']> {
  const { cooldownSec = 0, maxPerHour } = shape;
  return { cooldownSec, ...(maxPerHour !== undefined && { maxPerHour }) };
}

function resolveOverrides(
  { overrides }: ActionShape,
  schemas: ReadonlyMap<string, JsonObject>,
): OverrideRules | undefined {
  if (!overrides) return undefined;
  const schema = overrides.schema === undefined ? undefined : schemas.get(overrides.schema);
  return {
    keys: overrides.keys,
    nonMaterial: overrides.nonMaterial,
    ...(schema && { schema: schema as NonNullable<OverrideRules['schema']> }),
  };
}

function resolvePerson(name: string, shape: PolicyShape['people'][string]): LinkedPerson {
  const { slack, email, roles } = shape;
  return deepFreeze({
    person: normalisePersonName(name),
    ...(slack !== undefined && { slack }),
    ...(email !== undefined && { email }),
    roles,
  });
}

function resolveAuthorities(
  superApprovers: readonly PersonId[],
  groups: ReadonlyMap<string, Group>,
): Map<PersonId, Authority> {
  const listed = [...groups.values()].flatMap((group) =>
    group.members.map((person) => [person, group.name] as const),
  );
  const people = new Set([...superApprovers, ...listed.map(([person]) => person)]);
  const groupsOf = Map.groupBy(listed, ([person]) => person);
  return new Map(
    [...people].map((person) => [
      person,
      deepFreeze({
        groups: (groupsOf.get(person) ?? []).map(([, name]) => name),
        superApprover: superApprovers.includes(person),
      }),
    ]),
  );
}
