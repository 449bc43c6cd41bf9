export type LogLevel = 'info' | 'warn' | 'error';

/** Where the runtime reports to: what happened, and facts for machines. */
export type ProjectionLog = (
  level: LogLevel,
  message: string,
  facts: Readonly<Record<string, unknown>>,
) => void;

/** Warnings and errors as JSON lines on standard error: nothing that matters is lost when nobody wires a logger. */
export const logToStderr: ProjectionLog = (level, message, facts) => {
  if (level !== 'info') process.stderr.write(`${JSON.stringify({ level, message, ...facts })}\n`);
};
