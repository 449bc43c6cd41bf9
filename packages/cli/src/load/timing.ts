/** One call as it went. */
export interface Sample {
  readonly call: string;
  /** Milliseconds since the run began. */
  readonly at: number;
  readonly ms: number;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly error?: string;
}

export interface Summary {
  readonly call: string;
  readonly count: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** @param seconds how long the run took */
export function summarise(samples: readonly Sample[], seconds: number): Summary[] {
  return [...Map.groupBy(samples, ({ call }) => call)].map(([call, ofCall]) => {
    const good = ofCall.filter(({ error }) => error === undefined);
    const times = good.map(({ ms }) => ms).toSorted((a, b) => a - b);
    return {
      call,
      count: ofCall.length,
      errors: ofCall.length - good.length,
      perSecond: round(good.length / seconds),
      p50: round(percentile(times, 50)),
      p95: round(percentile(times, 95)),
      p99: round(percentile(times, 99)),
      max: round(times.at(-1) ?? 0),
    };
  });
}

/** Nearest rank of sorted values; 0 of none. */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
}

/** RFC 4180. */
export function toCsv(samples: readonly Sample[]): string {
  const lines = samples.map(({ call, at, ms, status, error = '' }) =>
    [call, at.toFixed(1), ms.toFixed(2), status, `"${error.replaceAll('"', '""')}"`].join(','),
  );
  return `${['call,at_ms,ms,status,error', ...lines].join('\r\n')}\r\n`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
