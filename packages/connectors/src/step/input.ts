import type { InputFault, Json, JsonObject } from '@countersign/domain';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';

/** A format of strings that schemas name, and its meaning in words. */
export interface Format {
  readonly test: (text: string) => boolean;
  /** Completes "must be …" or "must …". */
  readonly detail: string;
}

export type Formats = Readonly<Record<string, Format>>;

/** Says what else is wrong with an input. */
export type MoreFaults = (input: JsonObject) => readonly InputFault[];

export type InputCheck = (input: JsonObject, templates: boolean) => readonly InputFault[];

const TEMPLATE = /\{\{.*?\}\}/s;

/** Makes checks of inputs by schemas, all with the same formats. */
export function inputChecks(
  formats: Formats,
): (schema: JsonObject, more: MoreFaults | undefined) => InputCheck {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
  for (const [name, { test }] of Object.entries(formats)) ajv.addFormat(name, test);
  return (schema, more = () => []) =>
    (input, templates) => {
      // Compiled when first asked for, and kept by the schema itself.
      const validate = ajv.compile(schema);
      const errors = validate(input) ? [] : (validate.errors ?? []);
      const faults = errors
        // Of a member's name ajv also says that the object has a wrong one, which names nothing.
        .filter(({ keyword }) => keyword !== 'propertyNames')
        .filter((error) => !(templates && isOfTemplate(error, input)))
        .map((error) => ({ pointer: pointerOf(error), detail: detailOf(error, formats) }));
      return faults.length > 0 ? faults : more(input);
    };
}

/** Whether a value is to be filled in yet. */
export function holdsTemplate(value: Json | undefined): boolean {
  return typeof value === 'string' && TEMPLATE.test(value);
}

/** Whether a text is Base64; Node reads any other text as if it were. */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

/** Whether an error is about a value that is a template yet; the name of a member never is. */
function isOfTemplate({ instancePath, propertyName }: ErrorObject, input: JsonObject): boolean {
  if (propertyName !== undefined) return false;
  let value: Json | undefined = input;
  for (const token of instancePath.split('/').slice(1)) {
    if (value === null || typeof value !== 'object') return false;
    value = (value as JsonObject)[token.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return holdsTemplate(value);
}

function pointerOf({ instancePath, params, propertyName }: ErrorObject): string {
  const { missingProperty, additionalProperty } = params as Record<string, string | undefined>;
  const member = propertyName ?? missingProperty ?? additionalProperty;
  if (member === undefined) return instancePath;
  return `${instancePath}/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function detailOf(error: ErrorObject, formats: Formats): string {
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
      return `is not known; known are ${Object.keys(error.parentSchema?.properties ?? {}).join(', ')}`;
    case 'enum':
      return `must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
    case 'format':
      return formats[String(params.format)]?.detail ?? `must be ${params.format}`;
    case 'type':
      return `must be ${[params.type].flat().join(' or ')}`;
    default:
      return error.message ?? error.keyword;
  }
}
