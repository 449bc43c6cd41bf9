import type { Principal } from '../principal.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { actorOf, type RequestApproval } from './commands.ts';
import { findUnmeetable } from './eligibility.ts';
import type { ApprovalEvent } from './events.ts';
import { accepted, type Outcome, refused, stopped } from './outcome.ts';
import type { Approval, ApprovalState } from './state.ts';

/** A request begins. The same idempotency key again writes nothing; with another body it is refused. */
export function requestApproval(command: RequestApproval, state: ApprovalState): Outcome {
  if (state.exists) return repeated(command, state);
  const { caller, details, now, requestId } = command;
  const stop = mustMayAsk(caller.principal);
  if (stop) return stopped(stop);
  const by = actorOf(caller);
  const asking = [by.sub, details.owner, details.onBehalfOf].filter((name) => name !== undefined);
  const unmeetable = command.autoApprove
    ? null
    : findUnmeetable(details.slate, details.tenant, new Set(asking));
  if (unmeetable) return refused('unmeetable_requirement', unmeetable);

  const requested: ApprovalEvent = {
    type: 'ApprovalRequested',
    data: { ...details, requestId, at: now, by },
  };
  if (!command.autoApprove) return accepted(requested);
  const { paramsHash, dispatch } = details;
  const hashes = { paramsHash, ...(dispatch && { planHash: dispatch.planHash }) };
  return accepted(requested, {
    type: 'RequestApproved',
    data: { at: now, by, approvers: [], ...hashes, how: 'automatic' },
  });
}

export function mustMayAsk({ roles }: Principal): Refusal | null {
  if (roles.includes('requester') || roles.includes('admin')) return null;
  return refusal('role_missing', 'asking needs the role requester or admin', {
    facts: { allowed: ['requester', 'admin'] },
  });
}

function repeated({ details, requestId }: RequestApproval, state: Approval): Outcome {
  if (details.bodyDigest !== undefined && details.bodyDigest === state.request.bodyDigest)
    return { events: [] };
  return {
    events: [],
    refusal: refusal('idempotency_key_reused', 'this idempotency key was used before, with another body', {
      facts: { requestId },
    }),
  };
}
