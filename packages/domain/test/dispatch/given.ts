import {
  type ApprovalCommand,
  type ApprovalEvent,
  type Caller,
  decide,
  fold,
  type Hash,
  type JsonObject,
  type Plan,
  type PlanStep,
  planFor,
  planHashOf,
  type RequestApproval,
  type RequestDetails,
  type StepReport,
} from '@countersign/domain';
import { approve, ask, at, command, given, person, REQUEST, users } from '../approval/given.ts';

export const STEPS: PlanStep[] = [
  { connector: 'github', operation: 'open_issue', input: { title: 'deploy {{payload.service}}' } },
  { connector: 'webhook', operation: 'post', input: { body: { size: '{{payload.batchSize}}' } } },
];
const PARAMS: JsonObject = { service: 'shop', batchSize: 10, window: 'night' };

/** An ask with a plan; one approval is enough. */
export function askPlan(
  plan: Partial<Plan> = {},
  params: JsonObject = PARAMS,
  more: Partial<RequestDetails> = {},
): RequestApproval {
  const steps = 'steps' in plan ? plan.steps : STEPS;
  const planHash = planHashOf(planFor(steps as PlanStep[] | undefined, params).steps, params);
  const { steps: _steps, ...rest } = plan;
  const dispatch: Plan = { ...(steps && { steps }), planHash, mode: 'manual', ...rest };
  const slate = {
    personas: [],
    stages: [{ name: 'approval', require: [{ from: users('bob'), min: 1 }] }],
    denyThreshold: 1,
    superApprovers: ['alice'],
    allowSelfApproval: false,
    overrides: { keys: ['batchSize', 'service', 'steps'], nonMaterial: [] },
  };
  return ask({ params, slate, dispatch, ...more });
}

/** Asked, and approved by bob at `T0` and a minute. */
export function approved(plan: Partial<Plan> = {}, params: JsonObject = PARAMS): ApprovalEvent[] {
  return given(askPlan(plan, params), approve('bob'));
}

export const APPROVED_AT = 60;
export const admin: Caller = person('olga', { roles: ['admin'] });
export const LEASE_MS = 30_000;

export function start(seconds = 100, more: object = {}, caller: Caller = admin): ApprovalCommand {
  return command({ type: 'StartDispatch', instance: 'a', leaseMs: LEASE_MS, ...more }, caller, seconds);
}

export function begin(seconds = 100, instance = 'a'): ApprovalCommand {
  return system({ type: 'BeginDispatch', instance, leaseMs: LEASE_MS }, seconds);
}

export function resume(seconds: number, instance = 'b'): ApprovalCommand {
  return system({ type: 'ResumeDispatch', instance, leaseMs: LEASE_MS }, seconds);
}

export function settle(
  step: number,
  outcome: 'succeeded' | 'failed',
  { seconds = 200, caller = admin, note = 'looked at their log' } = {},
): ApprovalCommand {
  return command({ type: 'SettleStep', step, outcome, note }, caller, seconds);
}

export function record(
  report: StepReport,
  { seconds = 110, instance = 'a', dispatch = 1 } = {},
): ApprovalCommand {
  return system({ type: 'RecordStep', instance, dispatch, report }, seconds);
}

type Holding = Parameters<typeof record>[1];

export const started = (step: number, nth = 1, holding: Holding = {}) =>
  record({ what: 'started', step, try: nth, until: at((holding.seconds ?? 110) + 30) }, holding);
export const succeeded = (step: number, holding: Holding = {}) =>
  record({ what: 'succeeded', step, result: { id: step }, reconciled: false }, holding);
export const failed = (step: number, nth = 1, holding: Holding = {}) =>
  record({ what: 'failed', step, try: nth, error: 'no', transient: false }, holding);
export const failedForNow = (step: number, nth = 1, holding: Holding = {}) => {
  const seconds = holding.seconds ?? 110;
  const retry = { at: at(seconds + 5), until: at(seconds + 40) };
  return record({ what: 'failed', step, try: nth, error: 'busy', transient: true, retry }, holding);
};
export const unknown = (step: number, holding: Holding = {}) =>
  record({ what: 'unknown', step, error: 'no answer' }, holding);

/** The events of commands that must all be accepted, behind what has happened. */
export function after(events: ApprovalEvent[], ...commands: ApprovalCommand[]): ApprovalEvent[] {
  const all = [...events];
  for (const next of commands) {
    const outcome = decide(next, fold(all));
    if (outcome.refusal) throw new Error(`${next.type}: ${outcome.refusal.detail}`);
    all.push(...outcome.events);
  }
  return all;
}

export function planHash(events: ApprovalEvent[]): Hash {
  const state = fold(events);
  if (!state.exists || !state.dispatch) throw new Error('no plan');
  return state.dispatch.planHash;
}

type Loose = { readonly type: ApprovalCommand['type']; readonly [key: string]: unknown };

function system(wanted: Loose, seconds: number): ApprovalCommand {
  return { ...wanted, requestId: REQUEST, now: at(seconds) } as unknown as ApprovalCommand;
}
