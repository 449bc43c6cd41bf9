import type { CallOutcome, Reconciled } from '@countersign/domain';
import type { Opened } from './step.ts';

/** What a connector answers, fit for the record: with personal values masked, and of a shape that can be recorded. */

type From = Pick<Opened, 'to' | 'mask'>;

/** An answer that says nothing leaves open what was done. */
export function outcomeFrom(answer: CallOutcome, { to, mask }: From): CallOutcome {
  switch (answer?.outcome) {
    case 'succeeded':
      if (isObject(answer.result)) return { ...answer, result: mask(answer.result) };
      break;
    case 'failed':
    case 'unknown':
      if (typeof answer.error === 'string') return { ...answer, error: mask(answer.error) };
  }
  return { outcome: 'unknown', error: `${to.name} gave an answer that says nothing` };
}

/** Asked again it would say no more: a person has to find out. */
export function reconciledFrom(answer: Reconciled, { to, mask }: From): Reconciled {
  switch (answer?.found) {
    case 'done':
      if (isObject(answer.result)) return { ...answer, result: mask(answer.result) };
      break;
    case 'not_done':
      return answer;
    case 'ask_again':
    case 'cannot_tell':
      if (typeof answer.why === 'string') return { ...answer, why: mask(answer.why) };
  }
  return { found: 'cannot_tell', why: `${to.name} gave an answer that says nothing` };
}

function isObject(value: unknown): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
