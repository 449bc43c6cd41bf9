import type { Claims } from './mint.ts';

/** The people and the machine of the example policy: who a newcomer can be, and what `smoke` acts as. */
export const PERSONAS: Readonly<Record<string, Claims>> = {
  ci: { sub: 'ci', roles: ['requester'], kind: 'machine' },
  alice: { sub: 'alice', roles: ['approver', 'admin'], kind: 'human' },
  bob: { sub: 'bob', roles: ['approver'], kind: 'human' },
  carol: { sub: 'carol', roles: ['approver'], kind: 'human' },
  dan: { sub: 'dan', roles: ['approver'], kind: 'human' },
  erin: { sub: 'erin', roles: ['approver'], kind: 'human' },
  auditor: { sub: 'auditor', roles: ['auditor'], kind: 'human' },
};
