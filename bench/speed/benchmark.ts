/** What a benchmark is given. */
export interface BenchmarkOptions {
  /** Small numbers: shows that everything runs, and says nothing about speed. */
  readonly quick: boolean;
  readonly log: (text: string) => void;
}

/** One line of the table: what was measured, against what, in the same run. */
export interface Result {
  readonly what: string;
  readonly yardstick: string;
  /** Median and range, with unit. */
  readonly ours: string;
  readonly theirs: string;
  /** Ours over the yardstick's, or what else is to be judged; absent where something was skipped. */
  readonly measured?: string;
  readonly target: string;
  /** Undefined: skipped, or for information only. */
  readonly reached?: boolean | undefined;
  readonly note?: string;
}

export interface Benchmark {
  /** One sentence on how it is measured. */
  readonly method: string;
  run(options: BenchmarkOptions): Promise<Result[]>;
}

/** Ratio of two medians as `1.23 ×`, and whether it is on the right side of the target. */
export function judge(
  ratio: number,
  target: { readonly atLeast: number } | { readonly atMost: number },
): Pick<Result, 'measured' | 'target' | 'reached'> {
  const isFloor = 'atLeast' in target;
  const bound = isFloor ? target.atLeast : target.atMost;
  return {
    measured: `${ratio.toFixed(ratio >= 10 ? 1 : 2)} ×`,
    target: `${isFloor ? '≥' : '≤'} ${bound} ×`,
    reached: isFloor ? ratio >= bound : ratio <= bound,
  };
}
