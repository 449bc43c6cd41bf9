/** What stands in a log line in place of a secret. */
export const REDACTED = '[redacted]';

/** Members that are never logged, whatever they hold: credentials, and what callers ask to be done. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'headers',
  'rawheaders',
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'waittoken',
  'resumetoken',
  'xadmintoken',
  'admintoken',
  'metricstoken',
  'xslacksignature',
  'signature',
  'secret',
  'clientsecret',
  'password',
  'passphrase',
  'apikey',
  'xapikey',
  'privatekey',
  'params',
  'parameters',
  'overrides',
  'payload',
  'body',
  'query',
  'callbackurl',
]);

/**
 * Credentials inside running text, each with a hint that is quick to look for: nearly every line has none of them,
 * and lines are written on the hottest way there is.
 */
const SECRETS_IN_TEXT: readonly { readonly hint: string; readonly pattern: RegExp }[] = [
  { hint: 'earer', pattern: /\bbearer\s+[^\s"',;]+/gi },
  { hint: 'asic ', pattern: /\bbasic\s+[^\s"',;]+/gi },
  { hint: 'EARER', pattern: /\bbearer\s+[^\s"',;]+/gi },
  // JSON web tokens
  { hint: 'eyJ', pattern: /\beyJ[\w-]*\.[\w-]*\.[\w-]*/g },
  // our wait tokens: a request's id, a dot, 43 characters
  { hint: '.', pattern: /(?<=\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[\w-]{20,}/g },
  {
    hint: '=',
    pattern: /(?<=[?&](?:token|access_token|signature|secret|code|key)=)[^&\s"']+/gi,
  },
];

const MAX_DEPTH = 6;

/** The same value with the members that name a secret replaced, at any depth. Gives copies. */
export function redact(value: unknown, depth = 0): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Error) return redactError(value, depth);
  if (depth >= MAX_DEPTH) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return redactMembers(value, depth);
}

/** The same text with credentials in it masked, wherever they stand. */
export function redactText(text: string): string {
  let shown = text;
  for (const { hint, pattern } of SECRETS_IN_TEXT) {
    if (shown.includes(hint)) shown = shown.replace(pattern, REDACTED);
  }
  return shown;
}

function redactMembers(value: object, depth: number): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value))
    shown[name] = isSecret(name) ? REDACTED : redact(member, depth + 1);
  return shown;
}

/** Names are few and come again and again; what was judged once is kept, within a bound. */
const judged = new Map<string, boolean>();
const MAX_JUDGED = 2000;

function isSecret(name: string): boolean {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const secret = SECRET_NAMES.has(name.replace(/[-_]/g, '').toLowerCase());
  if (judged.size < MAX_JUDGED) judged.set(name, secret);
  return secret;
}

/** Type, message, code, stack and cause; other members of an error may hold anything and are left out. */
function redactError(error: Error, depth: number): Record<string, unknown> {
  const { code, cause } = error as Error & { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' && { code }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(cause !== undefined && depth < MAX_DEPTH && { cause: redact(cause, depth + 1) }),
  };
}
