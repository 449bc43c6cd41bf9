/** A step of the policy: a webhook to a receiver whose address comes with the payload. */
function post(path: string, body: string): string {
  return `{ connector: webhook, operation: post, input: { url: "{{payload.hook}}${path}", body: ${body} } }`;
}

const NAME = '{ name: "{{payload.name}}" }';
const CREATE = post('/environments', '{ name: "{{payload.name}}", text: "in {{payload.region}}" }');
const BY_SRE = 'approvers: { groups: [sre] }';

/** Actions with a plan, one for each thing that can be said of it. */
export const PLANS = `
version: 1
superApprovers: [alice]
groups: { sre: [bob, carol, acme/alan], security: [dan, erin] }
actions:
  env.create: { ${BY_SRE}, overrides: { keys: [region] }, plan: [${CREATE}] }
  env.move: { ${BY_SRE}, plan: [${post('/out', NAME)}, ${post('/in', NAME)}] }
  env.brief: { ${BY_SRE}, validForSec: 60, plan: [${CREATE}] }
  env.prompt: { ${BY_SRE}, dispatch: on-approval, plan: [${CREATE}] }
  env.private: { ${BY_SRE}, personal: ["/name"], plan: [${CREATE}] }
  env.caller: { ${BY_SRE}, callerPlan: true }
  env.auto: { autoApprove: true, plan: [${CREATE}] }
  env.auto.manual: { autoApprove: true, dispatch: manual, plan: [${CREATE}] }
  plain: { ${BY_SRE} }
  "report.*": { autoApprove: true }
  "github.deploy.*": { ${BY_SRE} }
`;
