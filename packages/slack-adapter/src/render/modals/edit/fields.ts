import type { Approval, Json, JsonObject } from '@countersign/domain';
import { isSealed, parsePointer } from '@countersign/domain';
import { type Kind, kindOf } from './kind.ts';

/** The fields of the edit form: one for each parameter that the policy lets approvers edit, in the policy's order. */

export interface Field {
  readonly key: string;
  readonly blockId: string;
  /** Undefined where the parameters have no such key. */
  readonly current: Json | undefined;
  /** What the action's schema says of the key; empty without one. */
  readonly schema: JsonObject;
  readonly kind: Kind;
}

export interface Fields {
  readonly fields: readonly Field[];
  /** Keys that may be edited, but not here: too long for a text field of Slack, or for the form as a whole. */
  readonly leftOut: readonly string[];
}

const MAX_FIELDS = 90;
/** A view may have 250,000 bytes. */
const MAX_BYTES = 180_000;
/** What a field takes up beside its own texts, with the longest label and hint; and an option of a choice. */
const FIELD_BYTES = 3000;
const OPTION_BYTES = 320;

export function formFields(approval: Approval): Fields {
  const { keys = [] } = approval.request.slate.overrides ?? {};
  const fields: Field[] = [];
  const leftOut: string[] = [];
  let bytes = 0;
  for (const [index, key] of keys.entries()) {
    const current = Object.hasOwn(approval.params, key) ? approval.params[key] : undefined;
    if (holdsSealed(current)) continue;
    const schema = schemaOf(approval, key);
    const kind = kindOf(schema, current);
    const size = kind ? bytesOf(kind) : 0;
    if (kind && fields.length < MAX_FIELDS && bytes + size <= MAX_BYTES) {
      fields.push({ key, blockId: `field/${index}`, current, schema, kind });
      bytes += size;
    } else {
      leftOut.push(key);
    }
  }
  return { fields, leftOut };
}

/**
 * Where in the form an error belongs.
 * @param pointer as refusals of edits give it: `/overrides/<key>/…`
 * @returns undefined for what has no field
 */
export function fieldOfPointer(approval: Approval, pointer: string): string | undefined {
  const [root, key] = parsePointer(pointer) ?? [];
  if (root !== 'overrides') return undefined;
  return formFields(approval).fields.find((field) => field.key === key)?.blockId;
}

function bytesOf(kind: Kind): number {
  if (kind.type === 'choice') return FIELD_BYTES + kind.options.length * OPTION_BYTES;
  return FIELD_BYTES + Buffer.byteLength(JSON.stringify(kind));
}

function schemaOf({ request }: Approval, key: string): JsonObject {
  const properties = request.slate.overrides?.schema?.properties;
  const schema = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
  return isObject(schema) ? schema : {};
}

function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Nobody edits what nobody may read. */
function holdsSealed(value: Json | undefined): boolean {
  if (value === null || typeof value !== 'object') return false;
  return isSealed(value) || Object.values(value).some(holdsSealed);
}
