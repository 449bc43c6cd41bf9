import type { Known, RequestKeys } from '@countersign/application';
import { presentGuardState } from '../present/guard-state.ts';
import { openedParams } from '../present/params.ts';
import { runsOutAt } from '../present/parts.ts';
import { sseFrame } from './sse.ts';

/** A request's state as an event for its waiters; made once for all who wait for the same. */
export interface StateFrames {
  /** As it was right after this step. */
  asItWas(step: Known): Promise<Buffer>;
  /** As it reads once its deadline has passed unrecorded. */
  overdue(step: Known): Promise<Buffer>;
}

export function createStateFrames(keys: RequestKeys): StateFrames {
  const present = (nowOf: (step: Known) => string) => {
    const made = new WeakMap<Known, Promise<Buffer>>();
    return (step: Known): Promise<Buffer> => {
      const known = made.get(step);
      if (known) return known;
      const frame = stateFrame(keys, step, nowOf(step));
      made.set(step, frame);
      frame.catch(() => made.delete(step));
      return frame;
    };
  };
  return {
    asItWas: present(({ approval }) => approval.updatedAt),
    overdue: present(({ approval }) => runsOutAt(approval) ?? approval.updatedAt),
  };
}

async function stateFrame(keys: RequestKeys, step: Known, now: string): Promise<Buffer> {
  const data = presentGuardState(step, now, await openedParams(keys, step.approval));
  return sseFrame({ event: 'state', id: step.position, data });
}
