import type { Http } from '../client/http.ts';
import { waitForDecision } from '../client/wait.ts';
import type { Created, GuardState, Until } from '../client/wire.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../output/io.ts';
import { describeWaiting } from './describe.ts';

export interface FollowOptions {
  readonly until: Until;
  readonly timeoutMs?: number | undefined;
  readonly quiet?: boolean | undefined;
}

/** Waits for a request by its token and tells on stderr what happens meanwhile. */
export async function follow(io: Io, http: Http, token: string, options: FollowOptions): Promise<GuardState> {
  let requestId = '';
  const { signal, release } = interruptible(
    () => `interrupted; the request lives on${requestId ? ` (countersign show ${requestId})` : ''}`,
  );
  try {
    return await waitForDecision(http, token, {
      until: options.until,
      deadline: options.timeoutMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + options.timeoutMs,
      signal,
      onState: (state) => {
        requestId = state.requestId;
        if (!options.quiet) io.say(describeWaiting(state));
      },
      onTrouble: (message) => io.say(message),
    });
  } finally {
    release();
  }
}

export function sayAsked(io: Io, created: Created, action: string): void {
  io.say(
    `asked for ${action}: request ${created.requestId}, ${created.status}, expires ${created.expiresAt}`,
  );
}
