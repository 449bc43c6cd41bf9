import type { JsonObject } from '../canonical/json.ts';
import { approvePlan, beginPlan, evolveDispatch, replan } from '../dispatch/evolve.ts';
import type { ApprovalEvent, ApprovalEventOf } from './events.ts';
import { type Approval, type ApprovalState, initialState } from './state.ts';

/** The state after one more event. Total: never throws, and an event that cannot follow changes nothing. */
export function evolve(state: ApprovalState, event: ApprovalEvent): ApprovalState {
  if (!state.exists) return event.type === 'ApprovalRequested' ? begin(event.data) : state;
  const next = change(state, event);
  return next === state ? state : { ...next, updatedAt: event.data.at };
}

export function fold(events: Iterable<ApprovalEvent>, from: ApprovalState = initialState): ApprovalState {
  let state = from;
  for (const event of events) state = evolve(state, event);
  return state;
}

function begin(request: ApprovalEventOf<'ApprovalRequested'>['data']): Approval {
  return {
    exists: true,
    request,
    params: request.params,
    paramsHash: request.paramsHash,
    planRevision: 0,
    acknowledgements: {},
    stage: 0,
    approvals: [],
    denials: [],
    escalated: [],
    decision: null,
    breakGlass: null,
    dispatch: beginPlan(request),
    updatedAt: request.at,
  };
}

function change(state: Approval, event: ApprovalEvent): Approval {
  switch (event.type) {
    case 'ApprovalRequested':
      return state;
    case 'PersonaAcknowledged': {
      const { persona, by, at } = event.data;
      return { ...state, acknowledgements: { ...state.acknowledgements, [persona]: { by: by.sub, at } } };
    }
    case 'PersonaAcknowledgementWithdrawn': {
      const { [event.data.persona]: _withdrawn, ...acknowledgements } = state.acknowledgements;
      return { ...state, acknowledgements };
    }
    case 'ApprovalGranted':
      return granted(state, event.data);
    case 'DenialGiven':
      return denied(state, event.data);
    case 'StageCompleted':
      return { ...state, stage: event.data.stage + 1 };
    case 'ParametersOverridden':
      return overridden(state, event.data);
    case 'RequestEscalated':
      return { ...state, escalated: [...state.escalated, event.data.rung] };
    case 'BreakGlassInvoked': {
      const { by, at, status, reason, notify } = event.data;
      return { ...state, breakGlass: { by: by.sub, at, status, reason, notify, review: null } };
    }
    case 'BreakGlassReviewed':
      return reviewed(state, event.data);
    case 'RequestApproved': {
      const dispatch = approvePlan(state.dispatch, event.data.planHash);
      return { ...state, dispatch, decision: decisionOf(event) };
    }
    case 'RequestDenied':
    case 'RequestCancelled':
    case 'RequestExpired':
      return { ...state, decision: decisionOf(event) };
    default:
      return state.dispatch ? { ...state, dispatch: evolveDispatch(state.dispatch, event) } : state;
  }
}

function granted(state: Approval, data: ApprovalEventOf<'ApprovalGranted'>['data']): Approval {
  const { by, at, stage, fills, paramsHash, note } = data;
  const vote = { by: by.sub, at, via: by.via, stage, fills, paramsHash, ...(note !== undefined && { note }) };
  return { ...state, approvals: [...state.approvals, vote] };
}

function denied(state: Approval, data: ApprovalEventOf<'DenialGiven'>['data']): Approval {
  const { by, at, stage, paramsHash, note } = data;
  const denial = { by: by.sub, at, via: by.via, stage, paramsHash, ...(note !== undefined && { note }) };
  // A voter who turns an approval into a denial takes the approval back.
  const approvals = state.approvals.filter((vote) => vote.by !== by.sub || vote.stage < state.stage);
  return { ...state, approvals, denials: [...state.denials, denial] };
}

function overridden(state: Approval, data: ApprovalEventOf<'ParametersOverridden'>['data']): Approval {
  const { params, paramsHash, planRevision, material } = data;
  const dispatch = replan(state.dispatch, state.request, params as JsonObject);
  const edited = { ...state, params, paramsHash, planRevision, dispatch };
  return material ? { ...edited, approvals: [], stage: 0 } : edited;
}

function reviewed(state: Approval, data: ApprovalEventOf<'BreakGlassReviewed'>['data']): Approval {
  if (!state.breakGlass) return state;
  const { by, at, note } = data;
  const review = { by: by.sub, at, ...(note !== undefined && { note }) };
  return { ...state, breakGlass: { ...state.breakGlass, review } };
}

type DecisionEvent = ApprovalEventOf<
  'RequestApproved' | 'RequestDenied' | 'RequestCancelled' | 'RequestExpired'
>;

function decisionOf(event: DecisionEvent): NonNullable<Approval['decision']> {
  const { at, by } = event.data;
  switch (event.type) {
    case 'RequestApproved':
      return { outcome: 'approved', by: by.sub, at, how: event.data.how, ...noted(event.data.note) };
    case 'RequestDenied':
      return { outcome: 'denied', by: by.sub, at, how: event.data.how, ...noted(event.data.note) };
    case 'RequestCancelled':
      return { outcome: 'cancelled', by: by.sub, at, how: 'requester', ...noted(event.data.reason) };
    case 'RequestExpired':
      return { outcome: 'expired', by: by.sub, at: event.data.expiresAt, how: 'timeout' };
  }
}

function noted(note: string | undefined): { note?: string } {
  return note === undefined ? {} : { note };
}
