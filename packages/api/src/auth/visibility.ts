import { type Approval, type Principal, personId, slateMembers } from '@countersign/domain';
import { mayRead, type Reader } from '@countersign/projections';
import type { Identity } from './identity.ts';

/** The principal as views and feeds know readers. */
export function readerOf({ tenant, sub, groups, roles }: Principal): Reader {
  const admin = roles.includes('admin') || roles.includes('auditor');
  return { person: personId(tenant, sub), claims: groups, admin };
}

/** Whether a request exists at all for this caller: the own ones, those on whose slate they stand, or all of the tenant. */
export function isVisible(identity: Identity, { request }: Approval): boolean {
  if (identity.kind === 'waiter') return identity.requestId === request.requestId;
  const { slate } = request;
  const sources = [...slate.stages.flatMap((stage) => stage.require), ...slate.personas].map(
    ({ from }) => from,
  );
  const scope = {
    requestId: request.requestId,
    tenant: request.tenant,
    action: request.action,
    policyKey: request.policyKey,
    requester: request.by.sub,
    owner: request.owner ?? null,
    onBehalfOf: request.onBehalfOf ?? null,
    people: new Set(slateMembers(slate)),
    claims: new Set(sources.flatMap((source) => source.claims)),
  };
  return mayRead(scope, { ...readerOf(identity.principal), tenant: identity.principal.tenant });
}
