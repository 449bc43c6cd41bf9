import { setTimeout as sleep } from 'node:timers/promises';
import { type Delivery, type Simulator, startSimulator } from '@countersign/slack-simulator';
import { answerAs } from '../../harness/side.ts';

/** The simulated workspace, with the people who click, in a process of its own. */

let simulator: Simulator | undefined;

interface Opened {
  readonly apiUrl: string;
  readonly teamId: string;
  readonly botToken: string;
  readonly signingSecret: string;
}

async function open({ people, latencyMs }: { people: number; latencyMs: number }): Promise<Opened> {
  const users = Array.from({ length: people }, (_, index) => ({
    id: userOf(index),
    name: `voter-${index + 1}`,
  }));
  simulator = await startSimulator({ users, latencyMs });
  const { apiUrl, teamId, botToken, signingSecret } = simulator;
  return { apiUrl, teamId, botToken, signingSecret };
}

function userOf(index: number): string {
  return `U${String(index + 1).padStart(5, '0')}`;
}

function here(): Simulator {
  if (!simulator) throw new Error('the workspace is not open');
  return simulator;
}

/** Waits until each of these channels has its message, and gives their ts. */
async function posted(channels: readonly string[]): Promise<string[]> {
  for (;;) {
    const found = channels.map(
      (channel) =>
        here()
          .messages(channel)
          .find(({ threadTs }) => !threadTs)?.ts,
    );
    if (found.every((ts) => ts !== undefined)) return found as string[];
    await sleep(20);
  }
}

export interface Clicking {
  readonly channels: readonly string[];
  readonly messages: readonly string[];
  readonly voters: number;
  readonly perSecond: number;
}

/** Every voter approves every message once, at a steady pace, whether or not the clicks before have been answered. */
async function click({ channels, messages, voters, perSecond }: Clicking): Promise<number[]> {
  const began = performance.now();
  const clicks: Promise<Delivery>[] = [];
  for (let index = 0; index < channels.length * voters; index++) {
    const due = began + (index * 1000) / perSecond;
    while (performance.now() < due) await sleep(Math.max(1, due - performance.now()));
    const at = index % channels.length;
    const place = { channel: channels[at] as string, ts: messages[at] as string };
    clicks.push(
      here().click({ user: userOf(Math.floor(index / channels.length)), ...place, actionId: 'approve' }),
    );
  }
  const deliveries = await Promise.all(clicks);
  const failed = deliveries.find(({ status }) => status !== 200);
  if (failed) throw new Error(`a click was answered with ${failed.status}: ${failed.body}`);
  return deliveries.map(({ milliseconds }) => milliseconds);
}

answerAs({
  open,
  deliverTo: (url: string) => here().deliverTo(url),
  posted,
  click,
  /** The app's own messages, drawn or posted, since the start. */
  calls: () => here().calls().length,
  close: () => simulator?.stop(),
});
