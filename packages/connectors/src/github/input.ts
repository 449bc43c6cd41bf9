import type { Json, JsonObject } from '@countersign/domain';
import type { Formats } from '../step/input.ts';
import { MARKER_START } from './marker.ts';

/** Parts of schemas that operations share. */
export const REPOSITORY: Readonly<Record<string, Json>> = {
  owner: { type: 'string', format: 'owner' },
  repo: { type: 'string', format: 'repo' },
};
export const TITLE: Json = { type: 'string', minLength: 1, maxLength: 256, format: 'single-line' };
/** GitHub takes 65,536 characters; the marker needs its place. */
export const BODY: Json = { type: 'string', maxLength: 65_000, format: 'unmarked' };
export const REF: Json = { type: 'string', format: 'git-ref' };

/** A schema of an object with these members and no others. */
export function objectOf(
  required: readonly string[],
  properties: Readonly<Record<string, Json>>,
): JsonObject {
  return {
    type: 'object',
    additionalProperties: false,
    required: [...required],
    properties: { ...properties },
  };
}

export const GITHUB_FORMATS: Formats = {
  owner: {
    detail: 'must be the name of an account: letters, digits, hyphens and underscores, at most 100',
    test: (text) => /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(text),
  },
  repo: {
    // "." and ".." would be another place in the URL.
    detail: 'must be the name of a repository: letters, digits, "-", "_" and ".", at most 100',
    test: (text) => /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/.test(text),
  },
  'single-line': {
    detail: 'must be one line',
    test: (text) => !/[\r\n]/.test(text),
  },
  unmarked: {
    detail: `must not hold "${MARKER_START}", by which the steps of dispatches are known again`,
    test: (text) => !text.includes(MARKER_START),
  },
  'git-ref': {
    detail: 'must be the name of a branch or tag, as Git allows it',
    test: (text) =>
      text.length <= 255 &&
      // biome-ignore lint/suspicious/noControlCharactersInRegex: git-check-ref-format forbids them
      !/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|^[/-]|\/$|\.$|(^|\/)\.|\.lock(\/|$)|^@?$/.test(text),
  },
  'repository-path': {
    detail:
      'must be the path of a file in the repository, such as docs/guide.md, without "..", ".git" and empty parts',
    test: (text) =>
      text.length <= 1000 &&
      // biome-ignore lint/suspicious/noControlCharactersInRegex: no file is to have them in its name
      !/[\x00-\x1f\x7f\\]/.test(text) &&
      text.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !/^\.git$/i.test(part)),
  },
  workflow: {
    detail: 'must be the file name of a workflow, such as deploy.yml, or its id',
    test: (text) => /^[A-Za-z0-9_.-]{1,200}\.ya?ml$/.test(text) || /^[1-9]\d{0,15}$/.test(text),
  },
  'run-id': {
    detail: 'must be the id of a workflow run',
    test: (text) => /^[1-9]\d{0,15}$/.test(text),
  },
  'input-name': {
    detail: 'must be the name of a workflow input: letters, digits, hyphens and underscores',
    test: (text) => /^[A-Za-z_][A-Za-z0-9_-]{0,99}$/.test(text),
  },
};
