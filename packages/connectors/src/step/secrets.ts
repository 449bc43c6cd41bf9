/** Knows what must never be told, and takes it out of whatever is about to be. */
export interface Secrets {
  know(secret: string): void;
  /** A copy of a JSON value, keys included, with `[secret]` in place of every secret that is known. */
  clean<T>(value: T): T;
}

const MASK = '[secret]';
/** Anything shorter stands in too many innocent words. */
const MIN_LENGTH = 6;
const MAX_KNOWN = 500;

export function secrets(initial: readonly string[] = []): Secrets {
  const known = new Set<string>();
  const know = (secret: string): void => {
    for (const form of formsOf(secret)) if (form.length >= MIN_LENGTH) known.add(form);
    // Tokens are known anew every hour; the oldest have expired long since. What was given at the start stays.
    for (const form of known) {
      if (known.size <= MAX_KNOWN) break;
      if (!lasting.has(form)) known.delete(form);
    }
  };
  const lasting = new Set(initial.flatMap(formsOf));
  initial.forEach(know);

  const cleanText = (text: string): string => {
    let cleaned = text;
    // Longest first: a secret may be part of another.
    for (const secret of [...known].sort((a, b) => b.length - a.length)) {
      if (cleaned.includes(secret)) cleaned = cleaned.replaceAll(secret, MASK);
    }
    return cleaned;
  };
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return cleanText(value);
    if (Array.isArray(value)) return value.map(clean);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [cleanText(key), clean(member)]));
  };
  return { know, clean: <T>(value: T) => clean(value) as T };
}

/** The ways a secret is seen to be written: as it is, in a form body or URL, in JSON, in Base64. */
function formsOf(secret: string): string[] {
  const trimmed = secret.trim();
  return [
    trimmed,
    encodeURIComponent(trimmed),
    new URLSearchParams({ '': trimmed }).toString().slice(1),
    JSON.stringify(trimmed).slice(1, -1),
    Buffer.from(trimmed).toString('base64'),
  ];
}
