import { DEFAULT_TENANT, type Principal, ROLES, type Role } from '@countersign/domain';
import { z } from 'zod';

/** Control characters and lone surrogates have no place in a name that logs, events and policies write. */
export const SubjectText = z
  .string()
  .min(1)
  .max(256)
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'must be readable text');

/** Without a slash: `tenant/sub` must be readable in one way only. */
export const TenantText = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,100}$/, 'must be 1 to 100 of A-Z a-z 0-9 . _ : -');

const Names = z.array(z.string().max(256)).max(1000);

/** The claims that this program reads; others are left alone. */
const ClaimsSchema = z.object({
  sub: SubjectText,
  roles: Names.default([]),
  groups: Names.default([]),
  tenant: TenantText.default(DEFAULT_TENANT),
  kind: z.enum(['human', 'machine']).optional(),
  scope: z.union([z.string().max(4096), Names]).optional(),
});

export type ReadClaims =
  | { readonly principal: Principal }
  /** Name of the first claim that is not as it must be, and why. */
  | { readonly claim: string; readonly reason: string };

/** Claims of a verified token → who is calling. Roles that mean nothing here are passed over. */
export function readClaims(claims: unknown, defaultKind: Principal['kind']): ReadClaims {
  const read = ClaimsSchema.safeParse(claims);
  if (!read.success) {
    const issue = read.error.issues[0];
    return { claim: String(issue?.path[0] ?? ''), reason: issue?.message ?? 'not readable' };
  }
  const { sub, roles, groups, tenant, kind, scope } = read.data;
  return {
    principal: {
      sub,
      tenant,
      kind: kind ?? defaultKind,
      roles: roles.filter((role): role is Role => (ROLES as readonly string[]).includes(role)),
      groups,
      ...(scope !== undefined && {
        scopes: typeof scope === 'string' ? scope.split(' ').filter(Boolean) : scope,
      }),
    },
  };
}
