import type { ApprovalCommand, ApprovalEvent } from '@countersign/domain';
import { randomDispatch } from './dispatching.ts';
import type { PlanAsked } from './plans.ts';
import { type Random, random } from './random.ts';
import { ask, at, caller, type Driven, PEOPLE } from './requests.ts';
import { SLATES, type SlateName } from './slates.ts';

export interface Step {
  readonly stream: string;
  readonly event: ApprovalEvent;
}

const NAMES = Object.keys(SLATES) as SlateName[];
const CLOSING = { connector: 'github', operation: 'review-deployment', input: { runId: 7 } };
const LIMITS = { maxKeys: 10, maxChars: 1000 };

/** A request's whole stream: random commands, of which the decider takes those that are right. */
export function randomRequest(requestId: string, rng: Random, seconds: number): Driven {
  const timeout = 1000;
  const requester = rng.pick(['frank', 'robot', 'bob']);
  const driven = ask(requestId, seconds, {
    slate: rng.pick(NAMES),
    requester,
    timeout,
    automatic: rng.chance(0.1),
    ...(rng.chance(0.4) && { plan: randomPlan(rng, seconds) }),
    details: {
      ...(rng.chance(0.2) && { onBehalfOf: 'erin' }),
      ...(seconds % 3 === 0 && { callbackUrl: 'https://ci.example.com/done' }),
      ...(seconds % 5 === 0 && { closing: CLOSING }),
      ...(seconds % 2 === 0 && { slack: { channel: seconds % 4 === 0 ? '#deploys' : '#data' } }),
    },
  });
  const commands = rng.int(12);
  for (let n = 1; n <= commands; n++) {
    driven.command(randomCommand(requestId, rng, at(seconds + (n * timeout) / 10 + rng.int(20))));
  }
  if (rng.chance(0.5)) driven.command(approval(requestId, at(seconds + timeout - 20)));
  randomDispatch(driven, rng, rng.int(25));
  return driven;
}

/** Fits any place; where one is enough, it decides. */
function approval(requestId: string, now: string): ApprovalCommand {
  return {
    type: 'Decide',
    requestId,
    now,
    caller: caller('alice'),
    status: 'approved',
    overrideLimits: LIMITS,
  };
}

function randomPlan(rng: Random, seconds: number): PlanAsked {
  return {
    callers: rng.chance(0.3),
    mode: rng.pick(['manual', 'on-approval'] as const),
    ...(rng.chance(0.5) && { validForSec: 1 + rng.int(120) }),
    ...(rng.chance(0.3) && { notBefore: at(seconds + rng.int(800)) }),
  };
}

function randomCommand(requestId: string, rng: Random, now: string): ApprovalCommand {
  const by = caller(rng.pick(PEOPLE), rng.chance(0.3) ? ['approver', 'admin'] : ['requester', 'approver'], [
    'leads',
  ]);
  const common = { requestId, now, caller: by };
  const persona = rng.pick(['on-call', 'security']);
  const decision = { ...common, type: 'Decide' as const, overrideLimits: LIMITS };
  return rng.pick<() => ApprovalCommand>([
    () => ({ ...common, type: 'AcknowledgePersona', persona }),
    () => ({ ...common, type: 'AcknowledgePersona', persona }),
    () => ({ ...common, type: 'WithdrawAcknowledgement', persona }),
    () => ({ ...decision, status: 'approved' }),
    () => ({ ...decision, status: 'approved', note: 'fine "by" me — ü' }),
    () => ({ ...decision, status: 'approved', overrides: { [rng.pick(['size', 'window'])]: rng.int(9) } }),
    () => ({ ...decision, status: 'denied' }),
    () => ({ ...common, type: 'CancelRequest', reason: 'not needed' }),
    () => ({ requestId, now, type: 'EscalateRequest', rung: 0 }),
    () => ({ requestId, now, type: 'ExpireRequest' }),
    () => ({ ...common, type: 'InvokeBreakGlass', status: 'approved', reason: 'the house is on fire' }),
    () => ({ ...common, type: 'ReviewBreakGlass' }),
  ])();
}

/** Many requests, their events interleaved as a busy ledger would hold them. */
export function randomLedger(seed: number, requests: number): { steps: Step[]; requests: Driven[] } {
  const rng = random(seed);
  const driven = Array.from({ length: requests }, (_, n) =>
    randomRequest(`${String(n).padStart(6, '0')}-${seed}`, rng, n),
  );
  const open = driven.map(({ requestId, events }) => ({
    stream: `approval-${requestId}`,
    events: [...events],
  }));
  const steps: Step[] = [];
  while (open.length > 0) {
    const index = rng.int(Math.min(open.length, 8));
    const one = open[index];
    const event = one?.events.shift();
    if (one && event) steps.push({ stream: one.stream, event });
    if (one?.events.length === 0) open.splice(index, 1);
  }
  return { steps, requests: driven };
}
