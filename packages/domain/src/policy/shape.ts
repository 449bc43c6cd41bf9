import type { z } from 'zod';
import { anyOf, type Path, suggestion } from './errors.ts';

/** One fault of shape: where, what is wrong in words, and whether the key itself is the fault. */
export interface ShapeFault {
  readonly path: Path;
  readonly message: string;
  readonly at: 'key' | 'value';
}

/** Zod's issues in the words of people who write policies; `value` is the data that was parsed. */
export function shapeFaults(issues: readonly z.core.$ZodIssue[], value: unknown): ShapeFault[] {
  return issues.flatMap((issue) => faultsOf(issue, value));
}

function faultsOf(issue: z.core.$ZodIssue, value: unknown): ShapeFault[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    const allowed = issue.message.split(' ');
    return issue.keys.map((key) => {
      const message = `is not a key that is known here.${suggestion(key, allowed)} Allowed: ${allowed.join(', ')}`;
      return { path: [...path, key], message, at: 'key' };
    });
  }
  if (issue.code === 'invalid_key') {
    return [
      {
        path,
        message: issue.issues.map((inner) => wordsOf(inner, String(path.at(-1)))).join('; '),
        at: 'key',
      },
    ];
  }
  return [{ path, message: wordsOf(issue, valueAtPath(value, path)), at: 'value' }];
}

const EXPECTED: Readonly<Record<string, string>> = {
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  array: 'a list',
  string: 'text',
  number: 'a whole number',
  int: 'a whole number',
  boolean: 'true or false',
};

function wordsOf(issue: z.core.$ZodIssue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = EXPECTED[issue.expected] ?? issue.expected;
      return found === undefined
        ? `is missing; it must be ${wanted}`
        : `must be ${wanted}, not ${kindOf(found)}${quoteHint(issue.expected, found)}`;
    }
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      if (found === undefined) return `is missing; it must be ${anyOf(allowed)}`;
      const near = typeof found === 'string' ? suggestion(found, allowed) : '';
      return `must be ${anyOf(allowed)}, not ${kindOf(found)}${near && `.${near}`}`;
    }
    case 'too_small':
      return bound('at least', Number(issue.minimum), issue.origin);
    case 'too_big':
      return bound('at most', Number(issue.maximum), issue.origin);
    default:
      return issue.message;
  }
}

function bound(side: string, limit: number, origin: string): string {
  if (origin === 'array') return `must have ${side} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  if (origin === 'string') return `must have ${side} ${limit} ${limit === 1 ? 'character' : 'characters'}`;
  return `must be ${side} ${limit}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? `the text "${value}"` : String(value);
}

/** YAML reads an unquoted 123 or true as a number or a boolean. */
function quoteHint(expected: string, found: unknown): string {
  const isBare = typeof found === 'number' || typeof found === 'boolean';
  return expected === 'string' && isBare ? `; write it in quotes: "${found}"` : '';
}

export function valueAtPath(value: unknown, path: Path): unknown {
  let current = value;
  for (const step of path) {
    if (current === null || typeof current !== 'object' || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}
