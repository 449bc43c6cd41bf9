import { refusal } from '../refusal.ts';
import { actorOf, type RequestApproval } from './commands.ts';
import { findUnmeetable } from './eligibility.ts';
import type { ApprovalEvent } from './events.ts';
import { accepted, type Outcome, refused } from './outcome.ts';
import type { Approval, ApprovalState } from './state.ts';

/** A request begins. The same idempotency key again writes nothing; with another body it is refused. */
export function requestApproval(command: RequestApproval, state: ApprovalState): Outcome {
  if (state.exists) return repeated(command, state);
  const { caller, details, now, requestId } = command;
  if (!caller.principal.roles.some((role) => role === 'requester' || role === 'admin')) {
    return refused('role_missing', 'asking needs the role requester or admin', {
      facts: { allowed: ['requester', 'admin'] },
    });
  }
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
  return accepted(requested, {
    type: 'RequestApproved',
    data: { at: now, by, approvers: [], paramsHash: details.paramsHash, how: 'automatic' },
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
