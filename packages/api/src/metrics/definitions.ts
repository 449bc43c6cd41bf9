import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { DISPATCH, PEOPLE, PROCESSING } from './buckets.ts';

/**
 * Every metric there is. Names, types and labels are an interface: dashboards and alert rules hold them. What counts
 * nothing yet is there all the same, with its help text, so that a rule written against it is known to be right.
 */
export type Definitions = ReturnType<typeof defineMetrics>;

export function defineMetrics(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter<L>({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge<L>({ name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], ...labelNames: L[]) =>
    new Histogram<L>({ name, help, buckets, labelNames, registers });

  return {
    // every request
    requests: counter('approval_requests_total', 'Requests created', 'action'),
    approvals: counter('approvals_total', 'Requests approved', 'action'),
    denies: counter('denies_total', 'Requests denied', 'action'),
    expired: counter('expired_total', 'Requests expired undecided', 'action'),
    escalations: counter('escalations_total', 'Escalation rungs fired', 'action'),
    decisionLatency: histogram(
      'decision_latency_seconds',
      'From the creation of a request to its decision, expiry or cancelling',
      PEOPLE,
      'action',
      'outcome',
    ),
    pending: gauge('pending_requests', 'Undecided requests in the ledger, personas awaited or not', 'action'),
    oldestPending: gauge('oldest_pending_age_seconds', 'Age of the oldest undecided request', 'action'),
    personaPending: gauge('persona_pending', 'Undecided requests that await a persona', 'persona'),
    personaLatency: histogram(
      'persona_ack_latency_seconds',
      'From the creation of a request to the acknowledgement of a persona',
      PEOPLE,
      'persona',
    ),
    overrides: counter(
      'param_overrides_total',
      'Approvals with edited parameters, applied or rejected',
      'action',
      'outcome',
    ),
    overrideRejections: counter(
      'override_rejections_total',
      'Edits of parameters that were refused, by reason',
      'action',
      'reason',
    ),
    securityEvents: counter(
      'security_events_total',
      'Unauthorised attempts, and credentials that were refused',
      'type',
    ),
    policyReloads: counter(
      'policy_reloads_total',
      'Policies that this process put into force, by what led to it',
      'source',
    ),

    // requests of the gate
    gateCreated: counter('approvals_created_total', 'Gate requests created', 'action_type'),
    gateApproved: counter('approvals_approved_total', 'Gate requests approved', 'action_type'),
    gateRejected: counter('approvals_rejected_total', 'Gate requests rejected', 'action_type'),
    gateExpired: counter('approvals_expired_total', 'Gate requests expired undecided', 'action_type'),
    gatePending: gauge('approval_pending_gauge', 'Undecided gate requests in the ledger'),
    gateTime: histogram(
      'approval_time_seconds',
      'From the creation of a gate request to its approval or rejection',
      PEOPLE,
      'action_type',
    ),

    // dispatch
    dispatchSuccess: counter('dispatch_success_total', 'Dispatched steps that succeeded', 'connector'),
    dispatchFailure: counter('dispatch_failure_total', 'Dispatched steps that failed', 'connector'),
    dispatchLatency: histogram(
      'dispatch_latency_seconds',
      'Duration of a dispatched step',
      DISPATCH,
      'connector',
    ),
    consumeSuccess: counter('consume_for_dispatch_success_total', 'Dispatches claimed'),
    consumeConflict: counter(
      'consume_for_dispatch_conflict_total',
      'Dispatches claimed by somebody else first',
    ),

    // Slack
    slackRequests: counter('slack_api_requests_total', 'Calls of the Slack API', 'method', 'result'),
    slackRateLimited: counter('slack_rate_limited_total', 'Slack calls answered with 429', 'method'),
    slackQueue: gauge('slack_queue_depth', 'Requests of which Slack does not know everything yet'),
    slackRoundtrip: histogram(
      'slack_roundtrip_seconds',
      'From the creation of a request to its message being posted',
      DISPATCH,
    ),

    // retention
    archiveFailures: counter('request_archive_failures_total', 'Requests that could not be archived'),
    archived: counter('requests_archived_total', 'Requests archived'),
    purged: counter('requests_purged_total', 'Requests purged from the views'),

    // this process
    lagEvents: gauge(
      'projection_lag_events',
      'Events that a view has received and not handled',
      'projection',
    ),
    lagSeconds: gauge(
      'projection_lag_seconds',
      'Age of the oldest event that a view has not handled',
      'projection',
    ),
    httpRequests: counter('http_requests_total', 'HTTP requests answered', 'route', 'method', 'status'),
    httpDuration: histogram(
      'http_request_duration_seconds',
      'Duration of HTTP requests; those that wait or stream by design are only counted',
      PROCESSING,
      'route',
    ),
    decisionProcessing: histogram(
      'decision_processing_seconds',
      'From the arrival of a decision to its durable answer',
      PROCESSING,
    ),

    // packs
    packQueued: counter('pack_notifications_queued_total', 'Pack notifications queued', 'channel'),
    packSent: counter('pack_notifications_sent_total', 'Pack notifications sent', 'channel'),
    packOutstanding: gauge('pack_approvals_outstanding', 'Pack approvals not acknowledged'),
    packAckLatency: histogram(
      'pack_ack_latency_seconds',
      'From a pack approval being requested to its acknowledgement',
      PEOPLE,
    ),
  };
}
