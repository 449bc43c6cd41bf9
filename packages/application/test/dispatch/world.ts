import { type Connector, checksBy, type InputFault, type JsonObject } from '@countersign/domain';
import { openWorld as open } from '../world.ts';

export const POLICY = `
version: 1
superApprovers: [alice]
groups: { sre: [bob, carol] }
actions:
  plain: { approvers: { groups: [sre] } }
  create:
    approvers: { groups: [sre] }
    overrides: { keys: [name] }
    plan:
      - { connector: post, operation: send, input: { title: "create {{payload.name}}", size: "{{payload.size}}" } }
      - { connector: post, operation: send, input: { title: "done" } }
    validForSec: 3600
  mail:
    approvers: { groups: [sre] }
    personal: [/customer/email, /customer/name]
    plan:
      - connector: post
        operation: send
        input: { title: "Dear {{payload.customer.name}}", to: "{{payload.customer.email}}" }
  own:
    approvers: { groups: [sre] }
    callerPlan: true
    personal: [/steps/*/input/to]
  hidden:
    approvers: { groups: [sre] }
    callerPlan: true
    personal: [/steps/0]
  fax:
    approvers: { groups: [sre] }
    plan: [{ connector: fax, operation: send, input: {} }]
  "auto.*":
    autoApprove: true
    plan: [{ connector: post, operation: send, input: { title: "{{payload.name}}" } }]
`;

/** Takes a `title` of 30 characters at most. */
const post: Connector = {
  name: 'post',
  operations: ['send'],
  validate: (_operation, { title }: JsonObject, templates = false): InputFault[] => {
    if (templates && typeof title === 'string' && title.includes('{{')) return [];
    if (typeof title === 'string' && title.length <= 30) return [];
    return [{ pointer: '/title', detail: 'must be a text of 30 characters at most' }];
  },
  dryRun: async () => ({ summary: '', details: null }),
  execute: async () => ({ outcome: 'succeeded', result: {} }),
  reconcile: async () => ({ found: 'not_done' }),
  health: async () => ({ status: 'ok' }),
};

export function openWorld(options: Parameters<typeof open>[0] = {}): ReturnType<typeof open> {
  return open({ policy: POLICY, plans: checksBy([post]), ...options });
}
