import type { Source } from '../approval/slate.ts';
import type { Hash } from '../canonical/hash.ts';
import type { PersonId } from '../principal.ts';
import { nearest } from './errors.ts';
import { ACTION_NAME } from './model.ts';
import { type ActionRule, matchAction, type Policy } from './policy.ts';

/** Who fits, by name where the policy knows names. */
export interface ExplainedSource {
  readonly from: string;
  readonly people: readonly PersonId[];
  /** Groups that whoever's token claims them belongs to. */
  readonly claims: readonly string[];
  readonly anyAdmin: boolean;
}

/** What a policy asks of one action, and why; plain data, for `-o json` as well. */
export type Explanation =
  | { readonly known: false; readonly action: string; readonly policyHash: Hash; readonly why: string }
  | {
      readonly known: true;
      readonly action: string;
      readonly policyHash: Hash;
      readonly key: string;
      readonly why: string;
      /** Keys that match as well and were passed over. */
      readonly passedOver: readonly string[];
      readonly description?: string;
      readonly autoApprove: boolean;
      readonly personas: readonly (ExplainedSource & { readonly name: string })[];
      readonly stages: readonly {
        readonly name: string;
        readonly require: readonly (ExplainedSource & { readonly min: number })[];
      }[];
      readonly superApprovers: readonly PersonId[];
      readonly allowSelfApproval: boolean;
      readonly denyThreshold: number;
      readonly timeoutSec: number;
      /** In order; counted from the request as well as to its expiry. */
      readonly escalation: readonly {
        readonly afterSec: number;
        readonly beforeSec: number;
        readonly notify: readonly string[];
      }[];
      readonly reRequest?: ActionRule['reRequest'];
      readonly overrides?: {
        readonly keys: readonly string[];
        readonly nonMaterial: readonly string[];
        readonly hasSchema: boolean;
      };
      readonly redact: readonly string[];
      readonly personal: readonly string[];
      readonly plan: readonly string[];
      readonly callerPlan: boolean;
      readonly dispatch: ActionRule['dispatch'];
      readonly validForSec?: number;
      readonly slackChannel?: string;
    };

export function explainAction(policy: Policy, action: string): Explanation {
  const rule = matchAction(policy, action);
  const head = { action, policyHash: policy.hash };
  if (!rule) return { known: false, ...head, why: whyUnknown(policy, action) };
  const { slate, timeoutSec, description, reRequest, validForSec, slack } = rule;
  return {
    known: true,
    ...head,
    key: rule.key,
    why: rule.key === action ? 'the key is the exact name' : 'the key is the longest prefix of the name',
    passedOver: policy.prefixes
      .filter(({ key }) => key !== rule.key && action.startsWith(key.slice(0, -1)))
      .map(({ key }) => key),
    ...(description !== undefined && { description }),
    autoApprove: rule.autoApprove,
    personas: slate.personas.map(({ name, from }) => ({ name, ...explainSource(from) })),
    stages: slate.stages.map(({ name, require }) => ({
      name,
      require: require.map(({ from, min }) => ({ ...explainSource(from), min })),
    })),
    superApprovers: slate.superApprovers,
    allowSelfApproval: slate.allowSelfApproval,
    denyThreshold: slate.denyThreshold,
    timeoutSec,
    escalation: rule.escalation.map((rung) => ({ afterSec: timeoutSec - rung.beforeSec, ...rung })),
    ...(reRequest && { reRequest }),
    ...(slate.overrides && { overrides: explainOverrides(slate.overrides) }),
    redact: rule.redact,
    personal: rule.personal,
    plan: (rule.plan ?? []).map(({ connector, operation }) => `${connector} ${operation}`),
    callerPlan: rule.callerPlan,
    dispatch: rule.dispatch,
    ...(validForSec !== undefined && { validForSec }),
    ...(slack && !rule.autoApprove && { slackChannel: slack.channel }),
  };
}

function whyUnknown(policy: Policy, action: string): string {
  if (!ACTION_NAME.test(action)) {
    return 'an action name has 1 to 200 of the characters A-Z a-z 0-9 . _ : -';
  }
  const keys = policy.rules.map(({ key }) => key);
  const near = nearest(action, keys);
  return `no key of the policy matches${near === undefined ? '' : `; the nearest is ${near}`}`;
}

function explainSource(source: Source): ExplainedSource {
  const people = [...source.users, ...source.groups.flatMap((group) => group.members)];
  return {
    from: source.label,
    people: [...new Set(people)],
    claims: source.claims,
    anyAdmin: source.admins,
  };
}

function explainOverrides({ keys, nonMaterial, schema }: NonNullable<ActionRule['slate']['overrides']>) {
  return { keys, nonMaterial, hasSchema: schema !== undefined };
}
