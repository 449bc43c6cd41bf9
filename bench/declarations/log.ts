/** A process as its event log tells it: one trace per declaration, steps in the order of their time. */

export interface LogStep {
  /** As the log writes it, such as `Declaration APPROVED by ADMINISTRATION`. */
  readonly activity: string;
  readonly role: string;
  /** RFC 3339 with an offset. */
  readonly at: string;
}

export interface LogTrace {
  readonly name: string;
  readonly steps: readonly LogStep[];
}

/** How often each activity stands in the log: counted before anything is interpreted. */
export function countActivities(traces: readonly LogTrace[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { steps } of traces) {
    for (const { activity } of steps) counts.set(activity, (counts.get(activity) ?? 0) + 1);
  }
  return counts;
}

/** Distinct sequences of activities, the most frequent first. */
export function variantsOf(
  traces: readonly LogTrace[],
): { readonly steps: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const trace of traces) {
    const steps = trace.steps.map(({ activity }) => activity).join(' > ');
    counts.set(steps, (counts.get(steps) ?? 0) + 1);
  }
  return [...counts].map(([steps, count]) => ({ steps, count })).sort((a, b) => b.count - a.count);
}
