import type { GuardState, Progress } from '../client/wire.ts';
import { type Io, printable } from '../output/io.ts';
import { facts } from '../output/table.ts';

const COLOURS = {
  approved: 'green',
  dispatched: 'green',
  dispatching: 'green',
  denied: 'red',
  rejected: 'red',
  dispatch_failed: 'red',
  expired: 'yellow',
  cancelled: 'yellow',
} as const;

export function paintStatus(io: Io, status: string): string {
  const colour = (COLOURS as Record<string, (typeof COLOURS)[keyof typeof COLOURS] | undefined>)[status];
  return colour === undefined ? status : io.style(colour, status);
}

/** `peers: sre 1/1, security 0/1`, stage by stage. */
export function describeProgress({ stages }: Progress): string {
  return stages
    .map(({ name, places }) => {
      const parts = places.map(({ from, got, min }) => `${printable(from)} ${got}/${min}`);
      return `${printable(name)}: ${parts.join(', ')}`;
    })
    .join(' · ');
}

/** What stands between a request and its decision, in one line. */
export function describeWaiting({ personas, progress, status }: GuardState): string {
  const missing = personas.filter(({ ackedBy }) => !ackedBy).map(({ name }) => printable(name));
  const waiting = missing.length > 0 ? `acknowledgement by ${missing.join(', ')}; ` : '';
  return `${status}: ${waiting}${describeProgress(progress)}`;
}

export function describeState(io: Io, state: GuardState): string {
  const { decision } = state;
  return facts([
    ['request', state.requestId],
    ['status', paintStatus(io, state.status)],
    ['decided', decision ? `${decision.outcome} by ${printable(decision.by)} at ${decision.at}` : undefined],
    ['note', decision?.note ? printable(decision.note) : undefined],
    ['approved by', state.approvers.map(({ sub }) => printable(sub)).join(', ') || undefined],
    ['progress', describeProgress(state.progress) || undefined],
    ['expires', state.expiresAt],
  ]);
}
