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

/** Credentials inside running text: bearer values, JSON web tokens, our wait tokens, secrets in query strings. */
const SECRETS_IN_TEXT =
  /\b(?:bearer|basic)\s+[^\s"',;]+|\beyJ[\w-]*\.[\w-]*\.[\w-]*|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[\w-]{20,}|(?<=[?&](?:token|access_token|signature|secret|code|key)=)[^&\s"']+/gi;

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
  return text.replace(SECRETS_IN_TEXT, REDACTED);
}

function redactMembers(value: object, depth: number): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value))
    shown[name] = isSecret(name) ? REDACTED : redact(member, depth + 1);
  return shown;
}

function isSecret(name: string): boolean {
  return SECRET_NAMES.has(name.replace(/[-_]/g, '').toLowerCase());
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
