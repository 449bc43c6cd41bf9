import { usageError } from '../cli-error.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90`, `90s`, `10m`, `2h`, `1d`, `500ms`; a bare number is seconds. In milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text);
  if (!match) throw usageError(`"${text}" is not a duration; write 90s, 10m, 2h or 1d`);
  return Number(match[1]) * (UNITS[match[2] ?? 's'] as number);
}
