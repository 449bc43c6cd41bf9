import type { ConfigProblem } from './problem.ts';
import { RETIRED } from './retired.ts';
import type { Variable } from './variable.ts';
import { VARIABLES, type Values } from './variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads every variable of the table. A value that is wrong is reported and left out. An empty text is as good as unset. */
export function readValues(env: Environment): {
  values: Partial<Values>;
  problems: ConfigProblem[];
} {
  const problems: ConfigProblem[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, variable] of Object.entries<Variable>(VARIABLES)) {
    const read = readOne(variable, env[variable.name]);
    if ('problem' in read) problems.push(read.problem);
    else values[key] = read.value;
  }
  for (const [variable, replacement] of Object.entries(RETIRED)) {
    if (env[variable]) problems.push({ variable, message: `is no longer read; ${replacement} replaced it` });
  }
  return { values: values as Partial<Values>, problems };
}

function readOne(
  variable: Variable,
  given: string | undefined,
): { value: unknown } | { problem: ConfigProblem } {
  const text = given || variable.fallback;
  if (text === undefined) return { value: undefined };
  const parsed = variable.type.schema.safeParse(text.trim());
  if (parsed.success) return { value: parsed.data };
  const wanted =
    parsed.error.issues[0]?.code === 'invalid_value'
      ? `must be one of ${plain(variable.type.words)}`
      : parsed.error.issues[0]?.message;
  const shown = variable.secret ? '' : `, not ${JSON.stringify(text)}`;
  return { problem: { variable: variable.name, message: `${wanted}${shown}` } };
}

function plain(markdown: string): string {
  return markdown.replaceAll('`', '');
}

/** Variables that are set and that nothing in this version acts on. */
export function unheard(env: Environment): { variable: string; waitsFor: string }[] {
  return Object.values<Variable>(VARIABLES).flatMap(({ name, waitsFor }) =>
    waitsFor !== undefined && env[name] ? [{ variable: name, waitsFor }] : [],
  );
}
