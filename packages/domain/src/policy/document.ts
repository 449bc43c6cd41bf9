import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import { type Path, type PolicyError, pathText } from './errors.ts';

/** More than any policy needs, and little enough to parse while requests wait. */
export const MAX_POLICY_BYTES = 1024 * 1024;
/** An alias repeats what it names; nested ones multiply. */
const MAX_ALIASES = 100;
const MAX_DEPTH = 100;
const TOO_DEEP = `is nested deeper than ${MAX_DEPTH} levels`;

/** A YAML (or JSON) text that can say where each of its values stands. */
export interface PolicyDocument {
  /** As plain data; undefined when the text could not be read. */
  readonly value: unknown;
  readonly errors: readonly PolicyError[];
  /** An error at a value (or at its key), or at the nearest thing above it that exists. */
  error(path: Path, message: string, at?: 'key' | 'value'): PolicyError;
}

/** Reads a text as one YAML 1.2 document. Never throws: what is wrong stands in `errors`. */
export function readDocument(file: string, text: string): PolicyDocument {
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) {
    return unread(file, `is larger than ${MAX_POLICY_BYTES} bytes`);
  }
  try {
    return read(file, text);
  } catch (thrown) {
    // The stack ran out: the parser, and whatever walks its result, calls itself once a level.
    if (!(thrown instanceof RangeError)) throw thrown;
    return unread(file, TOO_DEEP);
  }
}

function read(file: string, text: string): PolicyDocument {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  if (yaml.contents === null && yaml.errors.length === 0) return unread(file, 'is empty');
  const errorAt = (offset: number, path: Path, message: string): PolicyError => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path: pathText(path), message };
  };
  const error: PolicyDocument['error'] = (path, message, at = 'value') =>
    errorAt(offsetOf(yaml, path, at), path, message);
  if (yaml.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return unread(file, TOO_DEEP);
  const errors = [...syntaxErrors(yaml, errorAt), ...forbiddenParts(yaml, errorAt)];
  // After any other error the values are guesses, and complaints about them would mislead.
  const isReliable = errors.length === yaml.errors.filter(({ code }) => code === 'DUPLICATE_KEY').length;
  if (!isReliable) return { value: undefined, errors, error };
  try {
    const value: unknown = yaml.toJS({ maxAliasCount: MAX_ALIASES });
    if (depthOf(value) <= MAX_DEPTH) return { value, errors, error };
    return {
      value: undefined,
      errors: [...errors, error([], TOO_DEEP)],
      error,
    };
  } catch (thrown) {
    if (!(thrown instanceof ReferenceError)) throw thrown;
    const tooMany = errorAt(firstAlias(yaml), [], `aliases repeat more than ${MAX_ALIASES} values`);
    return { value: undefined, errors: [...errors, tooMany], error };
  }
}

/** Levels of mappings and lists, found without recursion. */
function depthOf(value: unknown): number {
  let level: unknown[] = [value];
  let depth = 0;
  for (; level.length > 0 && depth <= MAX_DEPTH; depth++) {
    level = level.flatMap((item) => (item !== null && typeof item === 'object' ? Object.values(item) : []));
  }
  return depth;
}

type ErrorAt = (offset: number, path: Path, message: string) => PolicyError;

function unread(file: string, message: string): PolicyDocument {
  const error: PolicyDocument['error'] = (path, text) => ({
    file,
    line: 1,
    column: 1,
    path: pathText(path),
    message: text,
  });
  return { value: undefined, errors: [error([], message)], error };
}

function syntaxErrors(yaml: Document.Parsed, errorAt: ErrorAt): PolicyError[] {
  return [...yaml.errors, ...yaml.warnings].map(({ code, message, pos: [offset] }) => {
    switch (code) {
      case 'DUPLICATE_KEY':
        return errorAt(
          offset,
          pathAt(yaml.contents, offset),
          'stands twice in the same mapping; each key may stand once',
        );
      case 'TAB_AS_INDENT':
        return errorAt(offset, [], 'is indented with a tab here; YAML allows only spaces');
      case 'MULTIPLE_DOCS':
        return errorAt(offset, [], 'holds several documents; only one, without a second "---", is allowed');
      default:
        return errorAt(offset, [], `is not valid YAML: ${message}`);
    }
  });
}

/** What YAML allows and a policy does not. */
function forbiddenParts(yaml: Document.Parsed, errorAt: ErrorAt): PolicyError[] {
  const errors: PolicyError[] = [];
  if (yaml.directives.yaml.explicit && yaml.directives.yaml.version !== '1.2') {
    errors.push(
      errorAt(0, [], 'is declared as YAML 1.1; a policy is YAML 1.2, where "yes" and "on" are text'),
    );
  }
  visit(yaml, {
    Alias(_, alias) {
      if (alias.resolve(yaml) === undefined) {
        const message = `alias "*${alias.source}" names no anchor that stands before it`;
        errors.push(errorAt(startOf(alias), pathAt(yaml.contents, startOf(alias)), message));
      }
    },
    Pair(_, pair) {
      if (isScalar(pair.key) && pair.key.value === '__proto__') {
        errors.push(
          errorAt(startOf(pair.key), pathAt(yaml.contents, startOf(pair.key)), 'is no name that can be used'),
        );
      }
    },
  });
  return errors;
}

function startOf(node: unknown): number {
  return (isNode(node) && node.range?.[0]) || 0;
}

function firstAlias(yaml: Document.Parsed): number {
  let first = 0;
  visit(yaml, {
    Alias(_, alias) {
      first = startOf(alias);
      return visit.BREAK;
    },
  });
  return first;
}

/** Where the value of a path starts; where the path leads to nothing, the last thing on the way. */
function offsetOf(yaml: Document.Parsed, path: Path, at: 'key' | 'value'): number {
  let node: Node | null = yaml.contents;
  let key: unknown = null;
  for (const step of path) {
    // Of a key that stands twice, the last one's value counts.
    const pair: Pair | undefined = isMap(node)
      ? node.items.findLast((item) => keyOf(item) === step)
      : undefined;
    const item: unknown = pair ? pair.value : isSeq(node) ? node.items[Number(step)] : undefined;
    if (pair === undefined && item === undefined) return key === null ? startOf(node) : startOf(key);
    key = pair ? pair.key : null;
    node = isAlias(item) ? (item.resolve(yaml) ?? null) : isNode(item) ? item : null;
  }
  const isBlank = node === null || node.range?.[0] === node.range?.[1];
  return key !== null && (at === 'key' || isBlank) ? startOf(key) : startOf(node);
}

function keyOf(pair: Pair): unknown {
  return isScalar(pair.key) ? pair.key.value : undefined;
}

/** The innermost path whose text holds an offset. */
function pathAt(node: unknown, offset: number, path: Path = []): Path {
  const items: readonly unknown[] = isMap(node) || isSeq(node) ? node.items : [];
  for (const [index, item] of items.entries()) {
    const inner: Path = [...path, isPair(item) ? String(keyOf(item)) : index];
    if (isPair(item) && holds(item.key, offset)) return inner;
    const value = isPair(item) ? item.value : item;
    if (holds(value, offset)) return pathAt(value, offset, inner);
  }
  return path;
}

function holds(node: unknown, offset: number): boolean {
  const range = isNode(node) ? node.range : null;
  return !!range && range[0] <= offset && offset < range[1];
}
