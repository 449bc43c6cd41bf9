import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';

/** RFC 9457, as the server writes it. */
export interface Problem {
  readonly title?: string;
  readonly status: number;
  readonly detail?: string;
  readonly code?: string;
  readonly requestId?: string;
  readonly errors?: readonly { readonly pointer?: string; readonly detail?: string }[];
}

/** The server answered, and said no. */
export class ProblemError extends CliError {
  readonly problem: Problem;
  /** The header of that name, as it came. */
  readonly retryAfter: string | null;

  constructor(problem: Problem, retryAfter: string | null = null) {
    super(describe(problem), exitCodeOf(problem));
    this.name = 'ProblemError';
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** Any body of an answer that is not a success; what is no problem document is told by its status. */
export function toProblem(status: number, body: unknown): Problem {
  if (typeof body === 'object' && body !== null && ('code' in body || 'detail' in body || 'title' in body)) {
    return { ...(body as Problem), status };
  }
  return { status };
}

function describe({ status, title, detail, code, errors = [] }: Problem): string {
  const what = detail ?? title ?? `the server answered ${status}`;
  const lines = errors.map((error) => `  ${error.pointer ?? ''} ${error.detail ?? ''}`.trimEnd());
  return [`${what} (${[code, status].filter((part) => part !== undefined).join(', ')})`, ...lines].join('\n');
}

/** Refusals by the policy and its rules about asking: asking again in the same way will not help. */
const REFUSED = new Set([
  'unknown_action',
  'reserved_member',
  'unmeetable_requirement',
  'callback_not_allowed',
  'previous_request_unknown',
  'previous_request_undecided',
  'cooldown',
  'too_many_repeats',
  'overrides_not_allowed',
  'override_key_forbidden',
  'override_limit_exceeded',
  'override_diff_size_exceeded',
  'override_schema_validation',
]);

function exitCodeOf({ status, code = '' }: Problem): number {
  if (REFUSED.has(code)) return EXIT.refused;
  if (status === 401 || status === 403) return EXIT.notAuthorised;
  if (code === 'expired' && status === 409) return EXIT.expired;
  return EXIT.error;
}
