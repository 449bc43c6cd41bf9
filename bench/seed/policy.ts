import { loadPolicy, type Policy } from '@countersign/domain';

/** The policy of seeded ledgers: a persona, two approvals of one group, and a deadline beyond any run. */

export const REQUESTERS = 40;
export const SRE = 8;
export const SERVICES = ['shop', 'search', 'billing', 'mail', 'accounts', 'media', 'reports', 'gateway'];

const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
export const requesters = names('pipeline', REQUESTERS);
export const engineers = names('engineer', SRE);

export const SEED_POLICY = JSON.stringify({
  version: 1,
  defaults: { timeoutSec: 400 * 24 * 3600 },
  groups: { sre: engineers },
  personas: { 'on-call': { group: 'sre' } },
  actions: Object.fromEntries(
    SERVICES.map((service) => [
      `deploy.${service}`,
      { approvers: { groups: ['sre'] }, minApprovals: 2, personas: ['on-call'] },
    ]),
  ),
});

export function seedPolicy(): Policy {
  const loaded = loadPolicy({ file: 'policy.yaml', text: SEED_POLICY, schemas: {} });
  if ('errors' in loaded) throw new Error(loaded.errors.map(({ message }) => message).join('; '));
  return loaded.policy;
}
