import { describe, expect, test } from '@jest/globals';
import {
  hashOf,
  loadPolicy,
  matchAction,
  paramsFaults,
  policyHash,
  schemaPathsOf,
  sha256,
} from '../../src/index.ts';
import { exampleText, faults, load, schemasFor } from './files.ts';

const POLICY = 'version: 1\nactions:\n  a: { overrides: { keys: [x], schema: s/a.json } }\n';
const withSchema = (text: string) => faults(POLICY, { 's/a.json': text });

describe('schema files', () => {
  test('are asked for by the paths that the policy names, and only by safe ones', () => {
    const naming = (path: string) => schemaPathsOf(POLICY.replace('s/a.json', path));
    expect(naming('s/a.json')).toEqual(['s/a.json']);
    for (const path of [
      '../a.json',
      '/a.json',
      's/../../a.json',
      './a.json',
      's//a.json',
      'a.yaml',
      'C:\\a.json',
    ]) {
      expect(naming(path)).toEqual([]);
    }
    expect(schemaPathsOf(exampleText())).toEqual([
      'schemas/db.migrate.json',
      'schemas/deploy.production.json',
    ]);
    expect(schemaPathsOf('actions: [')).toEqual([]);
    expect(schemaPathsOf('actions: [1, 2]')).toEqual([]);
  });

  test.each([
    [
      'a comma too many',
      '{\n  "type": "object",\n}',
      's/a.json 3:1 : is not JSON: Expected double-quoted property name',
    ],
    [
      'an end too early',
      '{\n  "type": "object"',
      "s/a.json 2:19 : is not JSON: Expected ',' or '}' after property value",
    ],
    ['nothing', '', 's/a.json 1:1 : is not JSON: Unexpected end of JSON input'],
    [
      'a key twice',
      '{"type": "object", "type": "object"}',
      's/a.json 1:20 type: stands twice in the same mapping; each key may stand once',
    ],
    ['no object', 'true', 's/a.json 1:1 : must be a JSON Schema written as an object'],
    [
      'an older draft',
      '{ "$schema": "http://json-schema.org/draft-07/schema#" }',
      's/a.json 1:14 $schema: must be "https://json-schema.org/draft/2020-12/schema", or left out',
    ],
    ['asynchronous', '{ "$async": true }', 's/a.json 1:13 $async: is not possible here'],
    [
      'a wrong type, indented with tabs',
      '{\n\t"properties": {\n\t\t"x": { "type": "strin" }\n\t}\n}',
      's/a.json 3:18 properties.x.type: must be equal to one of the allowed values: array, boolean, integer, null, number, object, string',
    ],
    ['a wrong bound', '{ "allOf": [{ "minLength": -1 }] }', 's/a.json 1:28 allOf[0].minLength: must be >= 0'],
    [
      'an unknown keyword',
      '{ "propertys": {} }',
      's/a.json 1:1 : does not compile: strict mode: unknown keyword: "propertys"',
    ],
    [
      'a reference to elsewhere',
      '{ "$ref": "https://x.example/y" }',
      "s/a.json 1:1 : does not compile: can't resolve reference https://x.example/y from id #",
    ],
  ])('%s', (_, text, expected) => {
    expect(withSchema(text)).toEqual([expected]);
  });

  test('one that is missing is reported where it is named', () => {
    expect(faults(POLICY)).toEqual([
      '3:40 actions.a.overrides.schema: there is no readable file "s/a.json" beside the policy',
    ]);
  });

  test('faults of the policy and of its schemas are reported together', () => {
    const found = faults(POLICY.replace('keys: [x]', 'keys: []'), { 's/a.json': '{' });
    expect(found.map((fault) => fault.split(': ')[0])).toEqual([
      '3:27 actions.a.overrides.keys',
      's/a.json 1:2 ',
    ]);
  });
});

describe('judging parameters', () => {
  const example = load(exampleText(), schemasFor(exampleText()));
  const schema = matchAction(example, 'db.migrate')?.slate.overrides?.schema ?? {};

  test('faults are named by pointer', () => {
    expect(paramsFaults(schema, { migration: 'm1', batchSize: 500, window: '22:00-23:30' })).toEqual([]);
    expect(paramsFaults(schema, { batchSize: 0, window: 'noon' })).toEqual([
      { pointer: '/migration', detail: "must have required property 'migration'" },
      { pointer: '/batchSize', detail: 'must be >= 1' },
      { pointer: '/window', detail: expect.stringContaining('must match pattern') },
    ]);
  });

  test('a sealed value is not judged', () => {
    const params = { migration: 'm1', connection: { host: 5, password: { $hmac: 'hmac-sha256:00' } } };
    expect(paramsFaults(schema, params)).toEqual([{ pointer: '/connection/host', detail: 'must be string' }]);
  });
});

describe('the hash', () => {
  const text = exampleText();
  const schemas = schemasFor(text);

  test('covers the bytes of the file and of its schemas', () => {
    const hash = policyHash(text, schemas);
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(policyHash(`${text}\n`, schemas)).not.toBe(hash);
    expect(policyHash(text, { 'schemas/db.migrate.json': '{}' })).not.toBe(hash);
    expect(policyHash(text, { 'schemas/other.json': schemas['schemas/db.migrate.json'] ?? '' })).not.toBe(
      hash,
    );
    expect(Object.keys(schemas)).toHaveLength(2);
    expect(hash).toBe(
      hashOf({
        policy: sha256(text),
        schemas: Object.fromEntries(Object.entries(schemas).map(([path, body]) => [path, sha256(body)])),
      }),
    );
  });

  test("is the loaded policy's identity, and loading what was recorded gives it again", () => {
    const { policy } = loadPolicy({ file: 'a.yaml', text, schemas });
    expect(policy?.hash).toBe(policyHash(text, schemas));
    const again = loadPolicy({ file: 'b.yaml', text: policy?.text ?? '', schemas: policy?.schemas ?? {} });
    expect(again.policy?.hash).toBe(policy?.hash);
  });
});
