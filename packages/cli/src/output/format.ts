import type { Io } from './io.ts';

export const FORMATS = ['table', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** Writes a result: for programs as one JSON document, for people as they read it. */
export function present(io: Io, format: Format, value: unknown, forPeople: () => string): void {
  io.out(format === 'json' ? JSON.stringify(value, null, 2) : forPeople());
}
