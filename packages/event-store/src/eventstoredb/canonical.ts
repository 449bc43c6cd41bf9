/**
 * Parsed JSON as RFC 8785 text: no spaces, names in the order of their UTF-16 units, numbers and strings as
 * ECMAScript prints them.
 */
export function printCanonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(printCanonical).join(',')}]`;
  const members = value as Record<string, unknown>;
  const names = Object.keys(members).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${printCanonical(members[name])}`).join(',')}}`;
}

/** Whether parsing the text and printing it again gives the same text. */
export function isCanonical(text: string): boolean {
  try {
    return printCanonical(JSON.parse(text)) === text;
  } catch {
    // No JSON, or nested too deep to print: in either case not a text that survives the way there and back.
    return false;
  }
}
