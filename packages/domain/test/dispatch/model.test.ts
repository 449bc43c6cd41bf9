import {
  type Approval,
  type ApprovalCommand,
  type ApprovalEvent,
  type Dispatch,
  decide,
  fold,
  statusOf,
} from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { at } from '../approval/given.ts';
import { approved, begin, LEASE_MS, record, resume, settle, start } from './given.ts';

/**
 * Two dispatchers that keep to the rules, on one stream and one outside world, with crashes at every point, leases that
 * end, calls that land late and answers that are lost. A call is sent only while its lease lives.
 */

const LEASE = LEASE_MS / 1000;

/** What becomes of a call: whether its effect happens at once, later or never, and whether the answer says so. */
type Fate = 'ok' | 'lost' | 'late' | 'vanished' | 'busy' | 'refused';

interface Agent {
  instance: string;
  /** The dispatch as its last command's answer told it, which may be long ago. */
  seen: Dispatch | null;
  /** What it knows of the dispatch it holds; null after a crash, or where it holds none. */
  held: { dispatch: number; until: number } | null;
  /** Recorded as started and not sent yet, or sent and the answer not recorded. */
  doing: { step: number; nth: number; answer: Fate | null } | null;
}

type Action =
  | { readonly kind: 'work'; readonly who: 0 | 1; readonly fate: Fate }
  | { readonly kind: 'crash'; readonly who: 0 | 1 }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'press' }
  | { readonly kind: 'settle' };

function createWorld() {
  const events: ApprovalEvent[] = approved({ mode: 'on-approval' });
  const effects = [0, 0];
  /** Calls on their way, and when they land at the latest. */
  let flying: { step: number; by: number }[] = [];
  let now = 100;
  let restarts = 0;
  const agents: Agent[] = ['a', 'b'].map((instance) => ({ instance, seen: null, held: null, doing: null }));

  const state = () => (fold(events) as Approval).dispatch ?? fail();
  function send(command: ApprovalCommand): { changed: boolean; code: string | undefined } {
    const outcome = decide(command, fold(events));
    events.push(...outcome.events);
    return { changed: outcome.events.length > 0, code: outcome.refusal?.code };
  }
  function land(due: (call: { step: number; by: number }) => boolean): void {
    for (const { step } of flying.filter(due)) effects[step] = (effects[step] ?? 0) + 1;
    flying = flying.filter((call) => !due(call));
    expect(effects.every((count) => count <= 1)).toBe(true);
  }

  /** The next thing that a dispatcher does, by what it knows and what the stream says. */
  function work(agent: Agent, fate: Fate): void {
    if (!agent.held) claim(agent);
    else if (!agent.doing) goOn(agent);
    else if (agent.doing.answer === null) call(agent, agent.doing, fate);
    else tell(agent, agent.doing);
  }
  function claim(agent: Agent): void {
    const commands = [begin(now, agent.instance), resume(now, agent.instance)];
    if (commands.some((command) => send(command).changed)) hold(agent);
  }
  function hold(agent: Agent): void {
    const { run } = state();
    // A process has one run of a request at most: a new claim ends what is left of an older one.
    agent.doing = null;
    agent.seen = state();
    if (run?.instance === agent.instance) agent.held = { dispatch: run.dispatch, until: now + LEASE };
  }
  function goOn(agent: Agent): void {
    const { steps, phase } = agent.seen ?? state();
    const step = steps.findIndex(({ status }) => status !== 'succeeded');
    const found = steps[step];
    if (phase !== 'running' || !found) drop(agent);
    else if (found.status === 'started') reconcile(agent, step, found.tries);
    else begun(agent, step, found.tries + 1);
  }
  function begun(agent: Agent, step: number, nth: number): void {
    if (!report(agent, { what: 'started', step, try: nth, until: at(now + LEASE) })) return;
    agent.doing = { step, nth, answer: null };
    agent.held = { dispatch: agent.held?.dispatch ?? 0, until: now + LEASE };
  }
  function call(agent: Agent, doing: NonNullable<Agent['doing']>, fate: Fate): void {
    const until = agent.held?.until ?? 0;
    // The lease has to outlive the call.
    if (now >= until) {
      drop(agent);
      return;
    }
    if (fate === 'ok' || fate === 'lost') flying.push({ step: doing.step, by: now });
    if (fate === 'late') flying.push({ step: doing.step, by: until });
    land(({ by }) => by <= now);
    doing.answer = fate;
  }
  function tell(agent: Agent, { step, nth, answer }: NonNullable<Agent['doing']>): void {
    agent.doing = null;
    if (answer === 'ok') report(agent, { what: 'succeeded', step, result: {}, reconciled: false });
    else if (answer === 'busy') failed(agent, step, nth, true);
    else if (answer === 'refused') failed(agent, step, nth, false);
    else reconcile(agent, step, nth);
  }
  /** What the outside world says is certain once nothing can be on its way any more; every third time it has no idea. */
  function reconcile(agent: Agent, step: number, nth: number): void {
    const sentUntil = Date.parse(state().steps[step]?.sentUntil ?? '');
    if (Date.parse(at(now)) < sentUntil) return;
    if (nth % 3 === 0) report(agent, { what: 'unknown', step, error: 'who knows' });
    else if (effects[step] === 1) report(agent, { what: 'succeeded', step, result: {}, reconciled: true });
    else failed(agent, step, nth, true);
  }
  function failed(agent: Agent, step: number, nth: number, again: boolean): void {
    const retry = { at: at(now), until: at(now + LEASE) };
    const told = {
      what: 'failed',
      step,
      try: nth,
      error: '',
      transient: again,
      ...(again && { retry }),
    } as const;
    if (report(agent, told) && agent.held) agent.held.until = now + LEASE;
  }
  function report(agent: Agent, told: Parameters<typeof record>[0]): boolean {
    const { instance, held } = agent;
    const { code } = send(record(told, { seconds: now, instance, dispatch: held?.dispatch ?? 0 }));
    agent.seen = state();
    if (code === 'lease_lost') drop(agent);
    return code === undefined;
  }
  function drop(agent: Agent): void {
    agent.held = null;
    agent.doing = null;
  }

  function act(action: Action): void {
    if (action.kind === 'work') work(agents[action.who] as Agent, action.fate);
    else if (action.kind === 'crash') crash(agents[action.who] as Agent);
    else if (action.kind === 'press') press(agents[0] as Agent);
    else if (action.kind === 'settle') settleByTruth();
    else {
      now += action.seconds;
      land(({ by }) => by <= now);
    }
  }
  function crash(agent: Agent): void {
    drop(agent);
    agent.instance = `${agent.instance[0]}${++restarts}`;
  }
  function press(agent: Agent): void {
    if (send(start(now, { instance: agent.instance })).changed) hold(agent);
  }
  function settleByTruth(): void {
    const step = state().steps.findIndex(({ status }) => status === 'unknown');
    land(() => true);
    if (step !== -1) send(settle(step, effects[step] === 1 ? 'succeeded' : 'failed', { seconds: now }));
  }
  return { act, events, effects, status: () => statusOf(fold(events) as Approval) };
}

function fail(): never {
  throw new Error('no plan');
}

const who = fc.constantFrom<0 | 1>(0, 1);
const fate = fc.constantFrom<Fate>('ok', 'ok', 'lost', 'late', 'vanished', 'busy', 'refused');
const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('work' as const), who, fate }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), who }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Action>({ kind: 'press' }, { kind: 'settle' }) },
);

describe('two dispatchers, crashes at every point, and a world that loses answers', () => {
  test('nothing happens twice, and once all goes well everything has happened once', () => {
    fc.assert(
      fc.property(fc.array(anyAction, { maxLength: 100, size: 'max' }), (actions) => {
        const world = createWorld();
        for (const action of actions) world.act(action);
        for (let round = 0; round < 60 && world.status() !== 'dispatched'; round++) {
          world.act({ kind: 'settle' });
          world.act({ kind: 'press' });
          world.act({ kind: 'wait', seconds: 10 });
          for (const agent of [0, 1] as const) world.act({ kind: 'work', who: agent, fate: 'ok' });
        }
        expect(world.status()).toBe('dispatched');
        expect(world.effects).toEqual([1, 1]);
      }),
      { numRuns: 500 },
    );
  });
});
