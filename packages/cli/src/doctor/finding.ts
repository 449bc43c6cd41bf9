/** What one look found. A warning is no reason to stop. */
export interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly detail: string;
}

/** Runs one look; what it throws is what it found. */
export async function look(what: string, run: () => Promise<Omit<Finding, 'what'>>): Promise<Finding> {
  try {
    return { what, ...(await run()) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { what, state: 'failed', detail: detail.replaceAll(/\s*\n\s*/g, '; ') };
  }
}
