import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** Turns zod's schemas into JSON Schema; those that have an id are described once, as components. */
export interface Schemas {
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema;
  readonly components: Readonly<Record<string, JsonSchema>>;
}

export function createSchemas(): Schemas {
  const components: Record<string, JsonSchema> = {};
  return {
    components,
    of(schema, io) {
      const { $schema: _dialect, $defs = {}, ...json } = z.toJSONSchema(schema, { io });
      for (const [name, component] of Object.entries($defs)) components[name] = inComponents(component);
      return inComponents(json);
    },
  };
}

/** References as an OpenAPI document holds them. Components name themselves by their place, so that `id` says it twice. */
function inComponents(json: object): JsonSchema {
  return JSON.parse(
    JSON.stringify(json, (key, value: unknown) => {
      if (key === '$ref' && typeof value === 'string')
        return value.replace('#/$defs/', '#/components/schemas/');
      return key === 'id' && typeof value === 'string' ? undefined : value;
    }),
  ) as JsonSchema;
}
