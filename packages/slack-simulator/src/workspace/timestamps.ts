export interface Timestamps {
  /** Of something that happens now: `1700000000.000100`, each one later than the one before, however the clock goes. */
  next(): string;
}

/**
 * @param clock seconds since 1970
 * @param before such timestamps that there are already
 */
export function timestamps(clock: () => number, before: readonly string[] = []): Timestamps {
  let last = before.reduce((latest, ts) => Math.max(latest, Number(ts.replace('.', ''))), 0);
  return {
    next() {
      last = Math.max(Math.round(clock() * 1_000_000), last + 1);
      return formatTs(last);
    },
  };
}

function formatTs(micros: number): string {
  const digits = String(micros).padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
