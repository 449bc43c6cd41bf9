/**
 * Measures several things in turn, as often as wanted: A B C, C B A, A B C … so that what changes on the machine
 * meanwhile, and who comes after whom, weighs on all of them alike.
 */
export async function interleave<K extends string, T>(
  repetitions: number,
  sides: Readonly<Record<K, () => Promise<T>>>,
  onResult: (name: K, repetition: number, result: T) => void = () => undefined,
): Promise<Record<K, T[]>> {
  const names = Object.keys(sides) as K[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, T[]>;
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    const order = repetition % 2 === 1 ? names : names.toReversed();
    for (const name of order) {
      const result = await sides[name]();
      results[name].push(result);
      onResult(name, repetition, result);
    }
  }
  return results;
}
