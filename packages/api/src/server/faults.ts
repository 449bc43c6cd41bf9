import type { z } from 'zod';
import type { Fault } from '../problems/problem.ts';

const MAX_FAULTS = 20;
const MAX_NAME = 100;

/**
 * What is wrong with a body or a query, place by place.
 * @param allowed names of the fields at the top
 */
export function faultsOf(error: z.ZodError, allowed: readonly string[]): Fault[] {
  return error.issues.flatMap((issue) => faults(issue, allowed)).slice(0, MAX_FAULTS);
}

function faults(issue: z.core.$ZodIssue, allowed: readonly string[]): Fault[] {
  const pointer = pointerTo(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = issue.path.length === 0 ? `; known are: ${allowed.join(', ') || 'none'}` : '';
    return issue.keys.map((key) => ({
      pointer: `${pointer}/${token(key)}`,
      detail: `is not a known field${known}`,
    }));
  }
  return [{ pointer, detail: wordsOf(issue) }];
}

function wordsOf({ message }: z.core.$ZodIssue): string {
  const [, expected] = /^Invalid input: expected (.+), received undefined$/.exec(message) ?? [];
  if (expected) return expected === 'nonoptional' ? 'is required' : `is required (${expected})`;
  return message.charAt(0).toLowerCase() + message.slice(1);
}

function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${token(String(step))}`).join('');
}

function token(name: string): string {
  const short = name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name;
  return short.replaceAll('~', '~0').replaceAll('/', '~1');
}
