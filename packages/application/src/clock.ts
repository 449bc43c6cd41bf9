/** Milliseconds since 1970. The one source of time; tests advance their own. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** RFC 3339, UTC, milliseconds. */
export function timestamp(clock: Clock): string {
  return new Date(clock()).toISOString();
}
