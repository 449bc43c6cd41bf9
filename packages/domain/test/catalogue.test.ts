import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { catalogueMarkdown, eventMeanings, eventSchemas } from '@countersign/domain';
import { expect, test } from '@jest/globals';

const PAGE = fileURLToPath(new URL('../../../docs/events.md', import.meta.url));

test('the events page says what the schemas say', () => {
  const wanted = catalogueMarkdown();
  if (process.env.UPDATE_DOCS === 'true') writeFileSync(PAGE, wanted);
  expect(readFileSync(PAGE, 'utf8')).toBe(wanted);
});

test('every event is explained', () => {
  expect(Object.keys(eventMeanings).sort()).toEqual(Object.keys(eventSchemas).sort());
});
