/** What Slack answers `ok: false` with. Thrown by whatever finds the reason, answered at the edge. */
export class SlackError extends Error {
  readonly code: string;
  /** Details, as Slack puts them into `response_metadata.messages`. */
  readonly faults: readonly string[];

  constructor(code: string, faults: readonly string[] = []) {
    super(faults.length > 0 ? `${code}: ${faults.join('; ')}` : code);
    this.code = code;
    this.faults = faults;
  }
}
