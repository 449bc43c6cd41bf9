import type { Json, JsonObject } from './json.ts';

/** RFC 6901 pointer → its reference tokens; null when the text is not a pointer. */
export function parsePointer(pointer: string): string[] | null {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return null;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value a pointer names, or undefined where there is none. */
export function valueAt(document: Json, pointer: string): Json | undefined {
  let current: Json | undefined = document;
  for (const token of parsePointer(pointer) ?? []) {
    if (Array.isArray(current)) {
      current = /^(0|[1-9]\d*)$/.test(token) ? (current as readonly Json[])[Number(token)] : undefined;
    } else if (current !== null && typeof current === 'object' && Object.hasOwn(current, token)) {
      current = (current as JsonObject)[token];
    } else {
      return undefined;
    }
  }
  return current;
}

/** The pointer to a member or item of what a pointer names. */
export function childOf(pointer: string, token: string): string {
  if (!token.includes('~') && !token.includes('/')) return `${pointer}/${token}`;
  return `${pointer}/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
