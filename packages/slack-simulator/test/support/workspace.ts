import { afterEach } from '@jest/globals';
import { LogLevel, WebClient, type WebClientOptions } from '@slack/web-api';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/index.ts';

export const alice = { id: 'U0ALICE', name: 'alice', email: 'alice@example.com' };
export const bob = { id: 'U0BOB', name: 'bob' };
export const gone = { id: 'U0GONE', name: 'gone', email: 'gone@example.com', deleted: true };
export const robot = { id: 'U0ROBOT', name: 'robot', isBot: true };
export const guest = { id: 'U0GUEST', name: 'guest', email: 'guest@example.com', teamId: 'T0OTHER' };

/** A clock that a test moves. */
export interface HandClock {
  (): number;
  advance(seconds: number): void;
}

export function handClock(at = 1_700_000_000): HandClock {
  let now = at;
  return Object.assign(() => now, {
    advance(seconds: number) {
      now += seconds;
    },
  });
}

const ends: (() => Promise<unknown> | unknown)[] = [];

/** Runs after the test, the last one first. */
export function atEnd(end: () => Promise<unknown> | unknown): void {
  ends.push(end);
}

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A workspace with these five, stopped after the test. */
export async function workspace(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await startSimulator({ users: [alice, bob, gone, robot, guest], ...options });
  atEnd(() => simulator.stop());
  return simulator;
}

/** The real client, without retries. */
export function clientOf(
  simulator: Simulator,
  options: WebClientOptions = {},
  token = simulator.botToken,
): WebClient {
  return new WebClient(token, {
    slackApiUrl: simulator.apiUrl,
    logLevel: LogLevel.ERROR,
    logger: silent,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 10_000,
    ...options,
  });
}

const nothing = (): void => {};

export const silent = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => LogLevel.ERROR,
  setName: nothing,
};

/** Slack's error code, `429` or the error's own, of a call that must fail; `ok` if it does not. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    const { data, code, message } = error as { data?: { error?: string }; code?: string; message: string };
    return data?.error ?? code ?? message;
  }
}

/** Resolves once `holds` does. @throws Error after five seconds */
export async function eventually(simulator: Simulator, holds: () => boolean): Promise<void> {
  if (holds()) return;
  await new Promise<void>((resolve, reject) => {
    const deadline = setTimeout(() => finish(() => reject(new Error('it did not come about'))), 5_000);
    const end = simulator.onChange(() => {
      if (holds()) finish(resolve);
    });
    const finish = (settle: () => void): void => {
      clearTimeout(deadline);
      end();
      settle();
    };
  });
}
