import { z } from 'zod';

/** How one environment variable is read: in words for people, as a schema for the program. Text in, value out. */
export interface ValueType<T> {
  readonly words: string;
  readonly schema: z.ZodType<T, string>;
}

export const text: ValueType<string> = { words: 'text', schema: z.string() };

export const path: ValueType<string> = { words: 'path', schema: z.string() };

export const flag: ValueType<boolean> = {
  words: '`true` or `false`',
  schema: z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1'),
};

export const httpUrl: ValueType<string> = {
  words: 'http(s) URL',
  schema: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }),
};

export function integer(min: number, max: number): ValueType<number> {
  const words = max === Number.MAX_SAFE_INTEGER ? `whole number ≥ ${min}` : `whole number ${min} to ${max}`;
  return {
    words,
    schema: z
      .string()
      .regex(/^\d{1,15}$/, `must be a ${words}`)
      .transform(Number)
      .refine((value) => value >= min && value <= max, `must be a ${words}`),
  };
}

export function decimal(min: number): ValueType<number> {
  const words = `number > ${min}`;
  return {
    words,
    schema: z
      .string()
      .regex(/^\d+(\.\d+)?$/, `must be a ${words}`)
      .transform(Number)
      .refine((value) => value > min, `must be a ${words}`),
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): ValueType<T> {
  return { words: values.map((value) => `\`${value}\``).join(', '), schema: z.enum(values) };
}

export const storeUrl: ValueType<string> = {
  words: '`sqlite:<file>`, `sqlite::memory:`, `esdb://…`',
  schema: z
    .string()
    .regex(
      /^(sqlite:(?!$|\/\/(?!\/))|esdb(\+discover)?:\/\/.)/,
      'must be sqlite:<file>, sqlite::memory: or esdb://…',
    ),
};

export const keyStoreUrl: ValueType<string> = {
  words: '`sqlite:<file>`, `sqlite::memory:`',
  schema: z.string().regex(/^sqlite:(?!$|\/\/(?!\/))/, 'must be sqlite:<file>'),
};

/** `true`, a number of proxies, or addresses: what express calls "trust proxy". */
export const proxies: ValueType<boolean | number | string> = {
  words: '`true`, `false`, a number of proxies, or addresses',
  schema: z.string().transform((value) => {
    if (value === 'true' || value === 'false') return value === 'true';
    return /^\d{1,3}$/.test(value) ? Number(value) : value;
  }),
};
