import { authorityOf, personId, ROLES } from '@countersign/domain';
import { z } from 'zod';
import { principalOf } from '../auth/identity.ts';
import { sendJson } from '../server/send.ts';
import type { Route } from './route.ts';

const Answer = z.strictObject({
  sub: z.string(),
  tenant: z.string(),
  kind: z.enum(['human', 'machine']),
  roles: z.array(z.enum(ROLES)),
  groups: z.array(z.string()).meta({ description: 'as the token claims' }),
  owner: z.string().optional(),
  scopes: z.array(z.string()).optional(),
  person: z.string().meta({ description: 'as policies and events write it' }),
  policy: z.strictObject({
    groups: z.array(z.string()).meta({ description: 'of the policy in force, that list this person' }),
    superApprover: z.boolean(),
  }),
});

/** Who the caller is, to this server and to the policy in force. */
export const whoami: Route = {
  method: 'get',
  path: '/api/whoami',
  access: 'principal',
  summary: 'Who am I?',
  answers: { 200: { description: 'the caller', schema: Answer } },
  problems: [],
  handle:
    ({ policies }) =>
    (_req, res) => {
      const { sub, tenant, kind, roles, groups, owner, scopes } = principalOf(res);
      const person = personId(tenant, sub);
      const { groups: listed, superApprover } = authorityOf(policies.inForce(), person);
      sendJson(res, 200, {
        sub,
        tenant,
        kind,
        roles,
        groups,
        ...(owner !== undefined && { owner }),
        ...(scopes !== undefined && { scopes }),
        person,
        policy: { groups: listed, superApprover },
      });
    },
};
