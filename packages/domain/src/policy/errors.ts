/** One thing wrong with a policy or with a schema that it names. */
export interface PolicyError {
  /** As the caller named it: the policy file, or a schema's path as the policy writes it. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** `actions.db.migrate.stages[0].require[1].min`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong and what is allowed. */
  readonly message: string;
}

/** Keys and indices from the top of the file. */
export type Path = readonly (string | number)[];

export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** `policy.yaml:12:5 actions.x.min: must be …`, the form editors and CI logs turn into a link. */
export function formatPolicyError(error: PolicyError): string {
  const path = error.path === '' ? '' : ` ${error.path}:`;
  return `${error.file}:${error.line}:${error.column}:${path} ${error.message}`;
}

export function inFileOrder(errors: readonly PolicyError[]): PolicyError[] {
  const files = [...new Set(errors.map((error) => error.file))];
  return errors.toSorted(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}

/** `a, b or c`. */
export function anyOf(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** The known word that a mistyped one most likely meant, if any is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const near = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => {
      const isBeginning = word.length > 2 && candidate.startsWith(word);
      return isBeginning || distance <= Math.max(1, Math.floor(candidate.length / 3));
    })
    .toSorted((a, b) => a.distance - b.distance);
  return near[0]?.candidate;
}

/** ` Did you mean "sre"?`, or nothing. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}

/** Levenshtein, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
