import type { SimulatedUser } from '@countersign/slack-simulator';

export const CHANNELS = 20;

const people = ['alice', 'bob', 'carol', 'dan', 'erin', 'heidi', 'ivan', 'gone'];

export const USERS: readonly SimulatedUser[] = people.map((name) => ({
  id: `U0${name.toUpperCase()}`,
  name,
  deleted: name === 'gone',
}));

/** Everybody but dan is linked; erin to another workspace. */
export const POLICY = `
version: 1
superApprovers: [alice]
groups: { sre: [bob, carol, dan, erin] }
people:
${people
  .filter((name) => name !== 'dan')
  .map((name) => `  ${name}: { slack: ${name === 'erin' ? 'T0OTHER' : 'T0SIM'}/U0${name.toUpperCase()} }`)
  .join('\n')}
defaults: { slack: { channel: "#ops" } }
actions:
  deploy:
    approvers: { groups: [sre] }
    minApprovals: 2
    timeoutSec: 3600
    escalation: [{ beforeSec: 600, notify: ["#sre", "#ops", bob] }, { beforeSec: 300, notify: ["#boss"] }]
  wide: { approvers: { groups: [sre] }, minApprovals: 4 }
  lost: { approvers: { groups: [sre] }, slack: { channel: "#lost" } }
  quiet: { autoApprove: true }
${Array.from({ length: CHANNELS }, (_, n) => `  c${n}: { approvers: { groups: [sre] }, slack: { channel: "#c${n}" } }`).join('\n')}
`;
