import type { RefusalCode } from '@countersign/domain';

export interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** Rules that said no. Every code of the domain's closed list stands here, or this file does not compile. */
const refusals = {
  machine_may_not_decide: { status: 403, title: 'Machines may not decide' },
  role_missing: { status: 403, title: 'A role is missing' },
  not_on_slate: { status: 403, title: 'Not an approver of this request' },
  left_group: { status: 403, title: 'No longer in the approving group' },
  self_approval: { status: 403, title: 'No vote on the own request' },
  not_requester: { status: 403, title: 'Only the requester may do this' },
  not_super_approver: { status: 403, title: 'Only a super-approver may do this' },
  not_acknowledger: { status: 403, title: 'Somebody else acknowledged' },
  break_glass_own_review: { status: 403, title: 'Another super-approver must review' },

  not_found: { status: 404, title: 'No such request' },
  expired: { status: 409, title: 'The request has expired' },
  already_decided: { status: 409, title: 'The request is decided' },
  already_denied: { status: 409, title: 'A denial is not taken back' },
  personas_pending: { status: 409, title: 'Acknowledgements are missing' },
  not_your_stage: { status: 409, title: 'Another stage is being decided' },
  wrong_stage: { status: 409, title: 'That stage is not being decided' },
  stage_required: { status: 409, title: 'The stage must be named' },
  unknown_persona: { status: 404, title: 'No such persona on the request' },
  not_acknowledged: { status: 409, title: 'Not acknowledged' },
  nothing_to_review: { status: 409, title: 'Nothing to review' },
  already_reviewed: { status: 409, title: 'Already reviewed' },

  not_approved: { status: 409, title: 'The request is not approved' },
  nothing_to_dispatch: { status: 409, title: 'There is nothing to carry out' },
  too_early: { status: 409, title: 'Not to be carried out yet' },
  already_dispatching: { status: 409, title: 'Being carried out already' },
  already_dispatched: { status: 409, title: 'Carried out already' },
  step_outcome_unknown: { status: 409, title: 'A step has to be settled first' },
  nothing_to_settle: { status: 409, title: 'There is nothing to settle' },
  lease_lost: { status: 409, title: 'Somebody else carries this out' },

  stale_plan: { status: 412, title: 'The parameters have changed' },
  stale_revision: { status: 412, title: 'The request has changed' },
  reason_too_short: { status: 422, title: 'The reason is too short' },
  overrides_not_allowed: { status: 422, title: 'Edits are not allowed' },
  override_key_forbidden: { status: 422, title: 'This parameter may not be edited' },
  override_limit_exceeded: { status: 422, title: 'Too many parameters edited' },
  override_diff_size_exceeded: { status: 422, title: 'The edit is too large' },
  override_schema_validation: { status: 422, title: 'The edit does not fit the schema' },

  unknown_action: { status: 422, title: 'Unknown action' },
  reserved_member: { status: 422, title: 'A reserved name was used' },
  unmeetable_requirement: { status: 422, title: 'Nobody could approve this' },
  idempotency_key_reused: { status: 422, title: 'Idempotency key used with another body' },
  callback_not_allowed: { status: 422, title: 'Callback not allowed' },
  plan_invalid: { status: 422, title: 'The plan could not be carried out' },
  previous_request_unknown: { status: 422, title: 'Previous request unknown' },
  previous_request_undecided: { status: 409, title: 'Previous request still open' },
  cooldown: { status: 429, title: 'Asked again too soon' },
  too_many_repeats: { status: 429, title: 'Asked again too often' },
} as const satisfies Record<RefusalCode, ProblemKind>;

/** What HTTP itself, the caller's credentials or the server's condition can stand in the way of. */
const transport = {
  malformed_json: { status: 400, title: 'The body is not JSON' },
  invalid_body: { status: 400, title: 'The body does not fit' },
  invalid_query: { status: 400, title: 'The query does not fit' },
  invalid_header: { status: 400, title: 'A header does not fit' },
  malformed_url: { status: 400, title: 'The URL cannot be read' },
  unauthenticated: { status: 401, title: 'Credentials are missing' },
  token_invalid: { status: 401, title: 'The token is not valid' },
  token_expired: { status: 401, title: 'The token has expired' },
  token_claims_invalid: { status: 401, title: 'A claim of the token is not valid' },
  bad_signature: { status: 401, title: 'The signature does not fit' },
  forbidden: { status: 403, title: 'Not allowed' },
  admin_closed: { status: 403, title: 'Administration is closed' },
  csrf_header_missing: { status: 403, title: 'A header is missing' },
  unknown_route: { status: 404, title: 'No such route' },
  wait_token_unknown: { status: 404, title: 'Unknown wait token' },
  unknown_projection: { status: 404, title: 'No such projection' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  body_timeout: { status: 408, title: 'The body came too slowly' },
  already_rebuilding: { status: 409, title: 'Already being rebuilt' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'Only JSON is read here' },
  policy_invalid: { status: 422, title: 'The policy has errors' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong here' },
  store_unavailable: { status: 503, title: 'The ledger cannot be reached' },
  outcome_unknown: { status: 503, title: 'It is not known whether this was done' },
  view_unavailable: { status: 503, title: 'The read side is not ready' },
  position_not_reached: { status: 503, title: 'The read side is behind' },
  identity_provider_unavailable: { status: 503, title: 'The identity provider cannot be reached' },
  dispatcher_absent: { status: 503, title: 'Nothing is carried out here' },
  too_many_streams: { status: 503, title: 'Too many open streams' },
  shutting_down: { status: 503, title: 'The server is shutting down' },
} as const satisfies Record<string, ProblemKind>;

/** Code → status and title: the one table. A code never changes its meaning; `docs/errors.md` lists them all. */
export const PROBLEMS = { ...refusals, ...transport } as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];
