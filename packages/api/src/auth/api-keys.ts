import { timingSafeEqual } from 'node:crypto';
import { DEFAULT_TENANT, type Principal, ROLES } from '@countersign/domain';
import { parse } from 'yaml';
import { z } from 'zod';
import { SubjectText, TenantText } from './claims.ts';

const ApiKeySchema = z.strictObject({
  id: z.string().min(1).max(100),
  /** Of the key's UTF-8 bytes, hex; the key itself is kept nowhere. */
  sha256: z
    .string()
    .regex(/^(sha256:)?[0-9a-fA-F]{64}$/, 'must be the 64 hex digits of a SHA-256')
    .transform((text) => text.replace('sha256:', '').toLowerCase()),
  sub: SubjectText,
  tenant: TenantText.default(DEFAULT_TENANT),
  roles: z.array(z.enum(ROLES)).min(1),
  /** The person the key belongs to; counts as requester wherever self-approval is judged. */
  owner: SubjectText.optional(),
});
export type ApiKey = Readonly<z.infer<typeof ApiKeySchema>>;

const FileSchema = z.strictObject({ keys: z.array(ApiKeySchema) });

/**
 * The text of `API_KEYS_FILE`, YAML or JSON: `keys: [{ id, sha256, sub, tenant?, roles, owner? }]`.
 * @throws Error naming every faulty place
 */
export function parseApiKeys(text: string, file: string): ApiKey[] {
  const read = FileSchema.safeParse(readYaml(text, file));
  if (!read.success) {
    const faults = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`${file}: ${faults.join('; ')}`);
  }
  const { keys } = read.data;
  for (const member of ['id', 'sha256'] as const) {
    const twice = keys.find(
      (key, index) => keys.findIndex((other) => other[member] === key[member]) !== index,
    );
    if (twice) throw new Error(`${file}: two keys have the same ${member} as "${twice.id}"`);
  }
  return keys;
}

function readYaml(text: string, file: string): unknown {
  try {
    return parse(text, { prettyErrors: false });
  } catch (cause) {
    throw new Error(`${file}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Looks a key up by its hash. The index leads to one candidate; what is compared are digests of which a caller
 * controls nothing, and in constant time.
 */
export function apiKeyFinder(keys: readonly ApiKey[]): (sha256: string) => Principal | null {
  const principals = new Map(keys.map((key) => [key.sha256, { key, principal: principalOfKey(key) }]));
  return (sha256) => {
    const found = principals.get(sha256);
    if (!found) return null;
    const same = timingSafeEqual(Buffer.from(found.key.sha256, 'hex'), Buffer.from(sha256, 'hex'));
    return same ? found.principal : null;
  };
}

function principalOfKey({ sub, tenant, roles, owner }: ApiKey): Principal {
  return { sub, tenant, kind: 'machine', roles, groups: [], ...(owner !== undefined && { owner }) };
}
