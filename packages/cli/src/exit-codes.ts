/** What the shell is told. Above the usual range, because `run` passes the inner command's own code on. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  denied: 10,
  expired: 11,
  cancelled: 12,
  dispatchFailed: 13,
  pending: 14,
  refused: 15,
  notAuthorised: 77,
  notExecutable: 126,
  notFound: 127,
  interrupted: 130,
} as const;

/** By a request's status, as the server writes it. */
export function exitCodeOfStatus(status: string): number {
  const code = BY_STATUS[status];
  if (code === undefined)
    throw new Error(`the server sent a status that this version does not know: ${status}`);
  return code;
}

const BY_STATUS: Readonly<Record<string, number>> = {
  awaiting_personas: EXIT.pending,
  pending: EXIT.pending,
  approved: EXIT.ok,
  dispatching: EXIT.ok,
  dispatched: EXIT.ok,
  denied: EXIT.denied,
  rejected: EXIT.denied,
  expired: EXIT.expired,
  cancelled: EXIT.cancelled,
  dispatch_failed: EXIT.dispatchFailed,
};
