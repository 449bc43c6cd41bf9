import { z } from 'zod';
import { parsePointer } from '../canonical/pointer.ts';
import { normalisePersonName, ROLES } from '../principal.ts';
import { isSchemaPath } from './schema-path.ts';

/**
 * The shape of a policy file, as people write it. What a key means across others (a group that is named but not
 * defined, two keys that exclude each other) is judged in checks.ts; what it means to the program in resolve.ts.
 */

/** Exact name of an action. Also what callers may send. */
export const ACTION_NAME = /^[A-Za-z0-9._:-]{1,200}$/;
const ACTION_KEY = /^(?=.{1,200}$)[A-Za-z0-9._:-]*\*?$/;
export const DEFAULT_TIMEOUT_SEC = 172_800;
/** Ten years: far beyond any use, and within what a date can hold. */
const MAX_SECONDS = 315_360_000;

/**
 * A mapping with these keys and no others. Zod's issue does not say what would have been allowed, so the allowed
 * keys travel in its message; shape.ts words the error.
 */
function mapping<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  });
}

/** A list that names nothing twice. */
function listOf<T extends z.ZodType<string>>(item: T) {
  return z.array(item).superRefine((items, context) => {
    const named = new Set<string>();
    for (const [index, value] of items.entries()) {
      if (named.has(value))
        context.addIssue({ code: 'custom', path: [index], message: `names "${value}" twice` });
      named.add(value);
    }
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is kept out
const PLAIN_TEXT = /^(?!\s)[^\u0000-\u001f\u007f]*(?<!\s)$/;
const text = (max: number) =>
  z.string().min(1).max(max).regex(PLAIN_TEXT, 'must have no spaces around it and no control characters');
const name = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,100}$/, 'must be 1 to 100 of the characters A-Z a-z 0-9 . _ : -');
const seconds = (min: number) => z.int().min(min).max(MAX_SECONDS);
const people = (min: number) => z.int().min(min).max(100);

const personName = text(300).regex(/^[^/]+(\/.+)?$/, 'must be a person, or tenant/person');
const person = personName.transform(normalisePersonName);
const group = text(200);
/** A pointer of at least one token; `*` as a token stands for every member or item. */
const pointer = z
  .string()
  .refine(
    (value) => value !== '' && parsePointer(value) !== null,
    'must be a JSON Pointer to a parameter, such as "/connection/password" or "/items/*/iban"',
  );

const source = {
  group: group.optional(),
  groups: listOf(group).optional(),
  users: listOf(person).optional(),
};
export const SourceShape = mapping(source);
export type SourceShape = z.infer<typeof SourceShape>;

const claimGroup = mapping({ claim: z.literal(true), members: listOf(person).default([]) });
const memberList = listOf(person).transform((members) => ({ claim: false, members }));

/** A list of people, or `{ claim: true }`. Told apart before parsing, so that errors speak of the form meant. */
const groupShape = z.unknown().transform((value, context) => {
  const form = value !== null && typeof value === 'object' && !Array.isArray(value) ? claimGroup : memberList;
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  context.issues.push(...(parsed.error.issues as typeof context.issues));
  return z.NEVER;
});

const personShape = mapping({
  slack: z
    .string()
    .regex(/^[TE][A-Z0-9]+\/[UW][A-Z0-9]+$/, 'must be team id/user id, such as T012AB3CD/U045EF6GH')
    .optional(),
  email: z.email('must be one e-mail address').max(254).optional(),
  roles: listOf(z.enum(ROLES)).default(['approver']),
});

const stageShape = mapping({
  name: text(100),
  require: z
    .array(mapping({ ...source, min: people(1).default(1) }))
    .min(1)
    .max(50),
});

const rungShape = mapping({ beforeSec: seconds(1), notify: listOf(text(200)).default([]) });

const schemaPath = z
  .string()
  .refine(
    isSchemaPath,
    'must be the path of a .json file beside the policy, written with "/", without ".." and not absolute',
  );

const stepShape = mapping({
  connector: name,
  operation: name,
  input: z.record(z.string(), z.json()).default({}),
});

const slackShape = mapping({ channel: text(100) });

export const ActionShape = mapping({
  description: text(500).optional(),
  approvers: SourceShape.optional(),
  minApprovals: people(1).optional(),
  stages: z.array(stageShape).min(1).max(50).optional(),
  personas: listOf(name).optional(),
  allowSelfApproval: z.boolean().optional(),
  autoApprove: z.boolean().optional(),
  deny: mapping({ min: people(1) }).optional(),
  timeoutSec: seconds(1).optional(),
  escalateBeforeSec: seconds(1).optional(),
  escalation: z.array(rungShape).min(1).max(20).optional(),
  reRequest: mapping({
    cooldownSec: seconds(0).optional(),
    maxPerHour: z.int().min(1).optional(),
  }).optional(),
  overrides: mapping({
    keys: listOf(text(200)).min(1),
    schema: schemaPath.optional(),
    nonMaterial: listOf(text(200)).default([]),
  }).optional(),
  redact: listOf(pointer).optional(),
  personal: listOf(pointer).optional(),
  slack: slackShape.optional(),
  plan: z.array(stepShape).min(1).max(50).optional(),
  callerPlan: z.boolean().optional(),
  dispatch: z.enum(['manual', 'on-approval']).optional(),
  validForSec: seconds(1).optional(),
});
export type ActionShape = z.infer<typeof ActionShape>;

export const PolicyShape = mapping({
  version: z.literal(1),
  defaults: mapping({
    timeoutSec: seconds(1).default(DEFAULT_TIMEOUT_SEC),
    slack: slackShape.optional(),
  }).default({ timeoutSec: DEFAULT_TIMEOUT_SEC }),
  superApprovers: listOf(person).default([]),
  groups: z.record(group, groupShape).default({}),
  personas: z.record(name, SourceShape).default({}),
  /** Keys as written: two spellings of one person are found in checks.ts. */
  people: z.record(personName, personShape).default({}),
  actions: z
    .record(
      z
        .string()
        .regex(ACTION_KEY, 'must be 1 to 200 of the characters A-Z a-z 0-9 . _ : -, and may end in one "*"'),
      ActionShape,
    )
    .refine(
      (actions) => Object.keys(actions).length > 0,
      'names no action, so that every request would be refused',
    ),
  callbacks: mapping({
    allow: listOf(
      z
        .string()
        .regex(
          /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[1-9]\d{0,4})?$/,
          'must be a host in lower case, such as ci.example.com, *.example.com or ci.example.com:8443',
        ),
    ),
  }).default({ allow: [] }),
});
export type PolicyShape = z.infer<typeof PolicyShape>;
