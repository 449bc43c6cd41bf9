import {
  canonicalJson,
  type Json,
  type JsonObject,
  personId,
  type Slate,
  type Source,
} from '@countersign/domain';
import fc from 'fast-check';
import { anyKey, anyScalar, name, nastyText, shortText } from './words.ts';

/** Who may approve what, and who is in the workspace. */

const PEOPLE = [
  'alice',
  'bob',
  'carol',
  'dan',
  'erin',
  'a/b',
  '<!channel>',
  '*_`~',
  '\u202eevil',
  'n'.repeat(150),
];
const CROWD = Array.from({ length: 30 }, (_, index) => `person-${index}`);
export const anyPerson = fc.constantFrom(...PEOPLE, ...CROWD);
const SLACK: Readonly<Record<string, string>> = {
  alice: 'U0ALICE',
  bob: 'U0BOB',
  '<!channel>': 'W0CHANNEL',
  dan: '<!here>',
};
/** Ids of users that may be mentioned. */
export const LINKED = ['U0ALICE', 'U0BOB', 'W0CHANNEL', ...CROWD.map((_, index) => `U0CROWD${index}`)];

export function slackIdOf(person: string): string | undefined {
  const crowd = /^person-(\d+)$/.exec(person);
  return crowd ? `U0CROWD${crowd[1]}` : SLACK[person];
}

const anySource: fc.Arbitrary<Source> = fc.record({
  label: shortText,
  users: fc
    .uniqueArray(anyPerson, { maxLength: 25 })
    .map((names) => names.map((one) => personId('default', one))),
  groups: fc.array(fc.record({ name, members: fc.uniqueArray(anyPerson, { maxLength: 20 }) }), {
    maxLength: 2,
  }),
  claims: fc.array(shortText, { maxLength: 2 }),
  admins: fc.boolean(),
});

const anyStage = fc.record({
  name,
  require: fc.array(fc.record({ from: anySource, min: fc.integer({ min: 1, max: 4 }) }), {
    minLength: 1,
    maxLength: 6,
  }),
});

const anyBound = fc.option(fc.constantFrom<Json>(1, 10, -5, 0.5, 1e300, 100), {
  nil: undefined,
  freq: 2,
});
const anyProperty: fc.Arbitrary<Json> = fc
  .record({
    type: fc.constantFrom<Json>(
      'string',
      'integer',
      'number',
      'boolean',
      'object',
      'array',
      ['string', 'null'],
      'null',
    ),
    enum: fc.option(
      fc.uniqueArray(anyScalar, { maxLength: 110, minLength: 1, selector: (value) => canonicalJson(value) }),
      {
        nil: undefined,
        freq: 4,
      },
    ),
    minimum: anyBound,
    maximum: anyBound,
    maxLength: fc.option(fc.constantFrom<Json>(0, 1, 50, 600, 100_000), { nil: undefined, freq: 2 }),
    title: fc.option(shortText, { nil: undefined, freq: 2 }),
    description: fc.option(nastyText, { nil: undefined, freq: 2 }),
  })
  .map(
    (property) =>
      Object.fromEntries(Object.entries(property).filter(([, value]) => value !== undefined)) as Json,
  );
const anySchema = fc
  .array(fc.tuple(anyKey, fc.oneof(anyProperty, fc.constantFrom<Json>(true))), { maxLength: 12 })
  .map((members) => ({ type: 'object', properties: Object.fromEntries(members) }) as JsonObject);

export const anySlate: fc.Arbitrary<Slate> = fc
  .record({
    personas: fc.uniqueArray(fc.record({ name, from: anySource }), {
      maxLength: 45,
      selector: (one) => one.name,
    }),
    stages: fc.array(anyStage, { minLength: 1, maxLength: 8 }),
    denyThreshold: fc.integer({ min: 1, max: 3 }),
    superApprovers: fc.constantFrom<string[]>([], ['alice'], ['alice', 'bob', 'n'.repeat(150)]),
    allowSelfApproval: fc.boolean(),
    overrides: fc.option(
      fc.record({
        keys: fc.uniqueArray(anyKey, { maxLength: 110 }),
        nonMaterial: fc.uniqueArray(anyKey, { maxLength: 4 }),
        schema: fc.option(anySchema, { nil: undefined }),
      }),
      { nil: undefined },
    ),
    isShort: fc.boolean(),
  })
  .map(({ overrides, isShort, personas, ...slate }) => ({
    ...slate,
    ...(isShort && { stages: slate.stages.slice(0, 2).map(withFewPlaces) }),
    personas: isShort ? personas.slice(0, 2) : personas,
    ...(overrides && {
      overrides: { ...overrides, ...(overrides.schema && { schema: overrides.schema }) } as never,
    }),
  }));

function withFewPlaces({ name: of, require }: Slate['stages'][number]): Slate['stages'][number] {
  return { name: of, require: require.slice(0, 1).map(({ from }) => ({ from, min: 1 })) };
}
