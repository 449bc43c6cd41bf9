import { SERVICES } from '../../seed/policy.ts';

/** What every client of the create benchmark posts, to every server; about 500 bytes. */
export const CREATE_BODY = JSON.stringify({
  action: `deploy.${SERVICES[0]}`,
  params: {
    service: 'shop',
    version: '2026.11.3',
    commit: '6f1f6d6be4a2d6f0a0d5b7f1c5bb0b2d5d1b9c11',
    region: 'eu-central-1',
    replicas: 12,
    strategy: 'rolling',
    change: 'CHG-4711',
    window: { from: '2026-11-21T03:00:00Z', to: '2026-11-21T05:00:00Z' },
  },
  justification:
    'The release that fixes the checkout for customers with two addresses, tested on staging since Monday',
});
