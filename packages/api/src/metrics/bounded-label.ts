/** What values beyond the bound are counted under. */
export const OTHER = 'other';

/**
 * Keeps the number of a label's values within a bound, whatever a policy or a caller brings: the first `max` values
 * are kept as they are, all later ones are `other`.
 */
export function boundedLabel(max: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= max) return OTHER;
    known.add(value);
    return value;
  };
}
