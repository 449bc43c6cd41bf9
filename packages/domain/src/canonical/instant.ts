import { z } from 'zod';

const Instant = z.iso.datetime({ offset: true });

/** A time that somebody wrote as RFC 3339 has it → UTC with milliseconds, which compares as text; null for anything else. */
export function parseInstant(text: string): string | null {
  return Instant.safeParse(text).success ? new Date(text).toISOString() : null;
}
