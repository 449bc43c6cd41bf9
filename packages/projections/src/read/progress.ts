import type { Position } from '@countersign/event-store';
import type { ProjectionStatus } from '../runtime/status.ts';
import type { ProjectionName } from '../types.ts';

type Listener = (name: ProjectionName, position: Position) => void;

/** How far each view has come, and who waits for it to come further. */
export interface Progress {
  readonly statuses: readonly ProjectionStatus[];
  update(statuses: readonly ProjectionStatus[]): void;
  /** True once `reached` is; false after `timeoutMs`, or when there will be no more progress. */
  until(reached: () => boolean, timeoutMs: number): Promise<boolean>;
  onAdvanced(listener: Listener): () => void;
  /** A rebuilt file has come into force: its rows may differ where its position does not. */
  announce(name: ProjectionName): void;
  end(): void;
}

export function createProgress(onListenerError: (error: unknown) => void): Progress {
  const listeners = new Set<Listener>();
  const waiting = new Set<() => void>();
  let statuses: readonly ProjectionStatus[] = [];
  let ended = false;

  function tell(name: string, position: Position): void {
    for (const listener of [...listeners]) {
      try {
        listener(name as ProjectionName, position);
      } catch (error) {
        onListenerError(error);
      }
    }
  }

  return {
    get statuses() {
      return statuses;
    },
    update(newer) {
      const before = new Map(statuses.map(({ name, position }) => [name, position]));
      statuses = newer;
      for (const { name, position } of newer) if (before.get(name) !== position) tell(name, position);
      for (const look of [...waiting]) look();
    },
    until(reached, timeoutMs) {
      if (reached()) return Promise.resolve(true);
      if (ended || timeoutMs <= 0) return Promise.resolve(false);
      return new Promise((resolve) => {
        const finish = (result: boolean): void => {
          clearTimeout(timer);
          waiting.delete(look);
          resolve(result);
        };
        const look = (): void => {
          if (reached()) finish(true);
          else if (ended) finish(false);
        };
        const timer = setTimeout(() => finish(false), timeoutMs);
        waiting.add(look);
      });
    },
    onAdvanced(listener) {
      const own: Listener = (name, position) => listener(name, position);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    announce: (name) => tell(name, statuses.find((status) => status.name === name)?.position ?? ''),
    end() {
      ended = true;
      for (const look of [...waiting]) look();
      listeners.clear();
    },
  };
}
