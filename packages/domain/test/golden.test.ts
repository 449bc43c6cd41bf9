import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { canonicalJson, decodeEvent, eventSchemas, newestVersion } from '@countersign/domain';
import { describe, expect, test } from '@jest/globals';

/**
 * One body of every version of every event ever released, as stores hold it. They are never edited: a new version
 * adds a file, and every older one must still be readable.
 */
const FOLDER = fileURLToPath(new URL('./golden/', import.meta.url));
const files = readdirSync(FOLDER);

describe('bodies written by earlier versions', () => {
  test.each(files)('%s is readable', (file) => {
    const [type = '', version = ''] = file.split('.');
    const data = readFileSync(FOLDER + file, 'utf8').trimEnd();
    expect(canonicalJson(JSON.parse(data))).toBe(data);
    const metadata = canonicalJson({
      commandId: 'c',
      correlationId: 'c',
      schemaVersion: Number(version.slice(1)),
    });
    expect(decodeEvent({ stream: 'golden-1', revision: 0, type, data, metadata }).type).toBe(type);
  });

  test('there is one of every version', () => {
    const wanted = Object.keys(eventSchemas).flatMap((type) =>
      Array.from({ length: newestVersion(type as never) }, (_, index) => `${type}.v${index + 1}.json`),
    );
    expect(files.toSorted()).toEqual(wanted.toSorted());
  });
});
