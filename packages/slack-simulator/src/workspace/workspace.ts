import type { SimulatorOptions } from '../types.ts';
import { type Channel, type Channels, channelsOf } from './channels.ts';
import { type Identity, identityOf } from './identity.ts';
import { type Messages, messagesOf } from './messages.ts';
import { type People, peopleOf } from './people.ts';
import { newSelections, type Selections } from './selections.ts';
import { type Timestamps, timestamps } from './timestamps.ts';
import { newTriggers, type Triggers } from './triggers.ts';
import { type Views, viewsOf } from './views.ts';

/** Everything that is in the workspace, in memory. */
export interface Workspace {
  readonly identity: Identity;
  /** Where it is: `http://127.0.0.1:4711`. */
  readonly url: () => string;
  readonly people: People;
  readonly channels: Channels;
  readonly messages: Messages;
  readonly selections: Selections;
  readonly views: Views;
  readonly triggers: Triggers;
  readonly ts: Timestamps;
  /** Seconds since 1970. */
  readonly clock: () => number;
  /** Something that people see has changed. */
  changed(): void;
  onChange(listener: () => void): () => void;
}

export function newWorkspace(options: SimulatorOptions, url: () => string): Workspace {
  const clock = options.clock ?? (() => Date.now() / 1_000);
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const identity = identityOf(options.teamId ?? 'T0SIM', options.appName ?? 'app');
  const people = peopleOf(options.users, identity);
  const selections = newSelections();
  const channels = channelsOf(options.channels, people, clock, options.remains);
  const ts = timestamps(clock, channels.all().flatMap(timesIn));
  return {
    identity,
    url,
    people,
    channels,
    messages: messagesOf(ts, selections, changed),
    selections,
    views: viewsOf(clock, selections, changed),
    triggers: newTriggers(clock),
    ts,
    clock,
    changed,
    onChange(listener) {
      // A wrapper of its own, so that one function listening twice is heard twice and ended one at a time.
      const heard = (): void => listener();
      listeners.add(heard);
      return () => void listeners.delete(heard);
    },
  };
}

function timesIn({ messages }: Channel): string[] {
  return [...messages.values()].flatMap(({ ts, editedTs }) =>
    editedTs === undefined ? [ts] : [ts, editedTs],
  );
}
