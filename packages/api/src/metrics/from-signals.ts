import type { LedgerSignals } from '@countersign/application';
import {
  type Approval,
  type ApprovalCommand,
  type ApprovalEvent,
  isAttempt,
  type RefusalCode,
} from '@countersign/domain';
import { boundedLabel } from './bounded-label.ts';
import type { Definitions } from './definitions.ts';

/** Commands whose processing is a decision's. */
const DECISIONS: ReadonlySet<ApprovalCommand['type']> = new Set(['Decide', 'InvokeBreakGlass']);

/** Refused edits: the code says why. */
const OVERRIDE_REASONS: Partial<Record<RefusalCode, string>> = {
  override_limit_exceeded: 'limit_exceeded',
  override_diff_size_exceeded: 'diff_size_exceeded',
  override_schema_validation: 'schema_validation',
  overrides_not_allowed: 'not_allowed',
  override_key_forbidden: 'key_forbidden',
};

/** Policies are small; thousands of keys would be a mistake that must not reach the time series. */
const MAX_KEYS = 1000;

/**
 * Counts what this process did, as it is done: a rebuild or another instance adds nothing. Labelled by the policy's
 * key, never by what a caller wrote.
 */
export function countSignals(metrics: Definitions): LedgerSignals {
  const actionKey = boundedLabel(MAX_KEYS);
  const personaName = boundedLabel(MAX_KEYS);

  function count(event: ApprovalEvent, { request }: Approval): void {
    const action = actionKey(request.policyKey);
    const label = { action };
    const gate = request.channel === 'gate' ? { action_type: action } : null;
    const after = (at: string) => secondsBetween(request.at, at);
    switch (event.type) {
      case 'ApprovalRequested':
        metrics.requests.inc(label);
        if (gate) metrics.gateCreated.inc(gate);
        return;
      case 'RequestApproved':
        metrics.approvals.inc(label);
        metrics.decisionLatency.observe({ action, outcome: 'approved' }, after(event.data.at));
        if (gate) metrics.gateApproved.inc(gate);
        if (gate) metrics.gateTime.observe(gate, after(event.data.at));
        return;
      case 'RequestDenied':
        metrics.denies.inc(label);
        metrics.decisionLatency.observe({ action, outcome: 'denied' }, after(event.data.at));
        if (gate) metrics.gateRejected.inc(gate);
        if (gate) metrics.gateTime.observe(gate, after(event.data.at));
        return;
      case 'RequestExpired':
        metrics.expired.inc(label);
        metrics.decisionLatency.observe({ action, outcome: 'expired' }, after(event.data.expiresAt));
        if (gate) metrics.gateExpired.inc(gate);
        return;
      case 'RequestCancelled':
        metrics.decisionLatency.observe({ action, outcome: 'cancelled' }, after(event.data.at));
        return;
      case 'RequestEscalated':
        metrics.escalations.inc(label);
        return;
      case 'PersonaAcknowledged':
        metrics.personaLatency.observe({ persona: personaName(event.data.persona) }, after(event.data.at));
        return;
      case 'ParametersOverridden':
        metrics.overrides.inc({ action, outcome: 'applied' });
        return;
      default:
        return;
    }
  }

  return {
    appended({ after, events }) {
      for (const event of events) count(event, after);
    },
    refused({ refusal, approval }) {
      if (isAttempt(refusal.code)) metrics.securityEvents.inc({ type: 'unauthorized_attempt' });
      const reason = OVERRIDE_REASONS[refusal.code];
      if (reason === undefined || !approval) return;
      const action = actionKey(approval.request.policyKey);
      metrics.overrides.inc({ action, outcome: 'rejected' });
      metrics.overrideRejections.inc({ action, reason });
    },
    processed({ command, seconds }) {
      if (DECISIONS.has(command)) metrics.decisionProcessing.observe(seconds);
    },
    policyActivated({ source, own }) {
      if (own) metrics.policyReloads.inc({ source });
    },
  };
}

/** Instances' clocks differ by a little: never less than nothing. */
function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}
