/** One thing wrong with the configuration: which variable, and what to do. Holds no secret. */
export interface ConfigProblem {
  readonly variable: string;
  readonly message: string;
}

/** Everything that is wrong with the configuration, at once. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ variable, message }) => `  ${variable}: ${message}`);
    super(
      `the configuration has ${problems.length === 1 ? 'an error' : `${problems.length} errors`}\n${lines.join('\n')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
