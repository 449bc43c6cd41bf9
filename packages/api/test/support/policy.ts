/** A policy with one action for each rule that the tests need. */
export const POLICY = `
version: 1
superApprovers: [alice, zoe, acme/alan]
groups:
  sre: [bob, carol, acme/ann]
  security: [dan, erin]
  staff: { claim: true }
personas:
  on-call: { group: sre }
  security: { group: security }
callbacks: { allow: [hooks.example.com] }
actions:
  deploy: { approvers: { groups: [sre] }, timeoutSec: 3600 }
  deploy.two:
    approvers: { groups: [sre] }
    minApprovals: 2
    timeoutSec: 3600
    escalation: [{ beforeSec: 600, notify: ["#sre"] }]
  deploy.seen:
    personas: [on-call, security]
    stages:
      - name: peers
        require: [{ group: sre, min: 1 }, { group: security, min: 1 }]
      - name: owner
        require: [{ users: [alice], min: 1 }]
  migrate:
    approvers: { groups: [sre, security] }
    overrides: { keys: [batchSize, window], schema: schemas/migrate.json, nonMaterial: [window] }
    redact: ["/connection/password"]
  repeat: { approvers: { groups: [sre] }, reRequest: { cooldownSec: 60, maxPerHour: 2 } }
  impossible: { approvers: { users: [rita] }, minApprovals: 3 }
  claimed: { approvers: { groups: [staff] } }
  unlisted: {}
  customer.change: { approvers: { groups: [security] }, personal: ["/customer/email"] }
  "report.*": { autoApprove: true }
`;

export const SCHEMAS = {
  'schemas/migrate.json': JSON.stringify({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      batchSize: { type: 'integer', minimum: 1, maximum: 1000 },
      window: { type: 'string' },
    },
  }),
};
