import type { Call, Http } from '../client/http.ts';
import { pause } from '../client/retry.ts';
import type { Created, GuardState } from '../client/wire.ts';
import type { People } from '../smoke/people.ts';

export const LOADS = ['approve', 'deny', 'expire', 'persona'] as const;
export type LoadName = (typeof LOADS)[number];

/** Makes one call, timed under a name; nothing is sent twice. Throws when it was not answered with success. */
export type Timed = <T>(name: string, http: Http, call: Call) => Promise<T>;

export interface Step {
  readonly people: People;
  readonly timed: Timed;
  /** Before each decision: what people and Slack take. */
  readonly thinkMs: number;
  readonly signal: AbortSignal;
}

/** What becomes of one request. */
export const SCENARIOS: Readonly<Record<LoadName, (step: Step) => Promise<void>>> = {
  async approve(step) {
    await decide(step, await create(step, 'smoke.deny'), step.people.bob, 'approved');
  },
  async deny(step) {
    await decide(step, await create(step, 'smoke.deny'), step.people.bob, 'rejected');
  },
  async persona(step) {
    const { people, timed, thinkMs, signal } = step;
    const { requestId } = await create(step, 'smoke.approve');
    await pause(thinkMs, signal);
    const ack = (persona: string) => post(`/api/approvals/${requestId}/personas/${persona}/ack`, {}, signal);
    await timed('ack', people.bob, ack('on-call'));
    await timed('ack', people.dan, ack('security'));
    await decide(step, { requestId }, people.bob, 'approved');
    await decide(step, { requestId }, people.dan, 'approved');
  },
  async expire(step) {
    const { token, expiresAt } = await create(step, 'smoke.expire');
    for (;;) {
      const query = { token, timeoutSec: 30 };
      const call = {
        path: '/api/guard/wait',
        query,
        timeoutMs: 45_000,
        repeatable: false,
        signal: step.signal,
      };
      const state = await step.timed<GuardState>('wait', step.people.ci, call);
      if (state.status === 'expired') return;
      if (Date.now() > Date.parse(expiresAt) + 5000)
        throw new Error(`still ${state.status} 5 s after its deadline`);
    }
  },
};

function create({ people, timed, signal }: Step, action: string): Promise<Created> {
  return timed('create', people.ci, post('/api/guard/request', { action, params: { by: 'load' } }, signal));
}

async function decide(
  { timed, thinkMs, signal }: Step,
  { requestId }: Pick<Created, 'requestId'>,
  by: Http,
  status: 'approved' | 'rejected',
): Promise<void> {
  if (thinkMs > 0) await pause(thinkMs, signal);
  await timed('decide', by, post(`/api/approvals/${requestId}/decide`, { status }, signal));
}

function post(path: string, body: unknown, signal: AbortSignal): Call {
  return { method: 'POST', path, body, repeatable: false, signal };
}
