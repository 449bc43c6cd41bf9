import {
  type ApprovalCommand,
  authorityOf,
  type Caller,
  deadlines,
  freezeSlate,
  type JsonObject,
  loadPolicy,
  matchAction,
  type Policy,
  type Principal,
  paramsHashOf,
} from '@countersign/domain';

/**
 * The work that all sides of the comparison do: ask, approve, approve. Every client has a request of its own, and
 * begins another one when it is approved.
 */

export const POLICY_TEXT = `
version: 1
groups: { sre: [bob, carol] }
actions:
  deploy.production: { approvers: { groups: [sre] }, minApprovals: 2 }
`;
export const ACTION = 'deploy.production';
export const PARAMS: JsonObject = {
  service: 'shop',
  version: '2026.11.3',
  region: 'eu-central-1',
  replicas: 12,
  change: 'CHG-4711',
};
export const JUSTIFICATION = 'The release that fixes the checkout for customers with two addresses';

const principal = (sub: string, roles: Principal['roles'], kind: Principal['kind']): Principal => ({
  sub,
  tenant: 'default',
  kind,
  roles,
  groups: [],
});
export const REQUESTER = principal('ci', ['requester'], 'machine');
export const APPROVERS = ['bob', 'carol'].map((sub) => principal(sub, ['approver'], 'human'));

export function benchPolicy(): Policy {
  const loaded = loadPolicy({ file: 'policy.yaml', text: POLICY_TEXT, schemas: {} });
  if ('errors' in loaded) throw new Error(loaded.errors.map(({ message }) => message).join('; '));
  return loaded.policy;
}

/** The three commands of one request, resolved as the application resolves them, for sides that have no application. */
export function commandsOf(policy: Policy, requestId: string, at: Date): ApprovalCommand[] {
  const now = at.toISOString();
  const rule = matchAction(policy, ACTION);
  if (!rule) throw new Error(`the policy has no ${ACTION}`);
  const caller = (who: Principal): Caller => ({
    principal: who,
    via: 'api',
    authority: authorityOf(policy, who.sub),
  });
  const ask: ApprovalCommand = {
    type: 'RequestApproval',
    requestId,
    now,
    caller: caller(REQUESTER),
    autoApprove: false,
    details: {
      tenant: 'default',
      action: ACTION,
      policyKey: rule.key,
      policyHash: policy.hash,
      params: PARAMS,
      paramsHash: paramsHashOf(PARAMS),
      justification: JUSTIFICATION,
      channel: 'guard',
      rootRequestId: requestId,
      slate: freezeSlate(policy, rule),
      ...deadlines(rule, now),
    },
  };
  const votes = APPROVERS.map(
    (who): ApprovalCommand => ({
      type: 'Decide',
      requestId,
      now,
      caller: caller(who),
      status: 'approved',
      overrideLimits: { maxKeys: 20, maxChars: 4000 },
    }),
  );
  return [ask, ...votes];
}
