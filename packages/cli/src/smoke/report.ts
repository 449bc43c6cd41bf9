/** One thing that a smoke run looked at. */
export interface Check {
  readonly scenario: string;
  readonly what: string;
  readonly ok: boolean;
  readonly detail?: string;
}

/** Ends a scenario whose next steps would make no sense. */
export class ScenarioFailed extends Error {}

/** Checks of one scenario, in the order made. */
export interface Checker {
  /** Notes a check, and goes on either way. */
  note(what: string, ok: boolean, detail?: string): void;
  /** Notes a check and ends the scenario when it failed. */
  must(what: string, ok: boolean, detail?: string): void;
}

export function checkerFor(scenario: string, checks: Check[]): Checker {
  const note = (what: string, ok: boolean, detail?: string) => {
    checks.push({ scenario, what, ok, ...(detail !== undefined && { detail }) });
  };
  return {
    note,
    must(what, ok, detail) {
      note(what, ok, detail);
      if (!ok) throw new ScenarioFailed(what);
    },
  };
}

/** Runs a scenario to its end or its first unbearable failure, which is noted as well. */
export async function runScenario(
  scenario: string,
  checks: Check[],
  run: (checker: Checker) => Promise<void>,
): Promise<void> {
  const checker = checkerFor(scenario, checks);
  try {
    await run(checker);
  } catch (error) {
    if (!(error instanceof ScenarioFailed)) checker.note('runs to its end', false, (error as Error).message);
  }
}
