import type { Call, Http } from '../client/http.ts';
import { ProblemError } from '../client/problem.ts';
import { pause } from '../client/retry.ts';
import type { People } from '../smoke/people.ts';
import { type LoadName, SCENARIOS, type Timed } from './scenarios.ts';
import { createSender, type Sender } from './sender.ts';
import type { Sample } from './timing.ts';

/** What a load run does. */
export interface Plan {
  readonly requests: number;
  readonly concurrency: number;
  readonly scenario: LoadName;
  readonly rampMs: number;
  readonly thinkMs: number;
}

/** Runs the whole plan. A request that fails is counted; the run goes on. */
export async function drive(people: People, plan: Plan, signal: AbortSignal) {
  const { requests, concurrency, scenario, rampMs, thinkMs } = plan;
  const samples: Sample[] = [];
  /** What went wrong → how often. */
  const failures: Record<string, number> = {};
  const began = performance.now();
  const sender = createSender();
  const timed = stopwatch(sender, samples, began);
  let left = requests;

  async function worker(index: number): Promise<void> {
    await pause((rampMs * index) / concurrency, signal);
    while (left-- > 0) {
      try {
        await SCENARIOS[scenario]({ people, timed, thinkMs, signal });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const { message } = error as Error;
        failures[message] = (failures[message] ?? 0) + 1;
      }
    }
  }

  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, requests) }, (_, index) => worker(index)));
    return { samples, failures, seconds: (performance.now() - began) / 1000 };
  } finally {
    sender.close();
  }
}

function stopwatch(sender: Sender, samples: Sample[], began: number): Timed {
  return async <T>(name: string, http: Http, call: Call): Promise<T> => {
    const start = performance.now();
    const sample = (status: number, error?: string) =>
      samples.push({
        call: name,
        at: start - began,
        ms: performance.now() - start,
        status,
        ...(error !== undefined && { error }),
      });
    try {
      const { status, body } = await sender.send<T>(http.connection, call);
      sample(status);
      return body;
    } catch (error) {
      sample(error instanceof ProblemError ? error.problem.status : 0, (error as Error).message);
      throw error;
    }
  };
}
