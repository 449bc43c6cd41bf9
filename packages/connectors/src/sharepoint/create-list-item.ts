import type { Json, JsonObject } from '@countersign/domain';
import { plainKey } from '../step/key.ts';
import type { OperationOf } from '../step/operation.ts';
import { notDone } from '../step/settled.ts';
import { failed, Stop, unknown } from '../step/stop.ts';
import type { Graph } from './graph.ts';

interface CreateListItem {
  readonly siteId: string;
  readonly listId: string;
  readonly fields: Readonly<Record<string, Json>>;
}

interface ListItem {
  readonly id?: string;
  readonly webUrl?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

interface Column {
  readonly name?: string;
  readonly indexed?: boolean;
}

/** How long a request may be under way at SharePoint after its sender has gone. */
const ON_ITS_WAY_MS = 2 * 60_000;
const MAX_PAGES = 20;

/** @param keyColumn internal name of the column that takes the step's key */
export function createListItem(graph: Graph, keyColumn: string): OperationOf<CreateListItem> {
  return {
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['siteId', 'listId', 'fields'],
      properties: {
        siteId: { type: 'string', format: 'site-id' },
        listId: { type: 'string', format: 'list-id' },
        fields: {
          type: 'object',
          minProperties: 1,
          maxProperties: 100,
          propertyNames: { format: 'column' },
          additionalProperties: {
            type: ['string', 'number', 'boolean', 'null', 'array'],
            maxLength: 65_536,
            maxItems: 100,
            items: { type: ['string', 'number'], maxLength: 255 },
          },
        },
      },
    },
    dryRun({ input, idempotencyKey }) {
      return {
        summary: `create an item in the list ${input.listId}`,
        details: { ...input, fields: { ...input.fields, [keyColumn]: plainKey(idempotencyKey) } },
      };
    },
    async execute({ input, idempotencyKey, signal }) {
      const key = plainKey(idempotencyKey);
      try {
        return resultOf(
          await graph.doing({
            method: 'POST',
            path: `${pathOf(input)}/items`,
            json: { fields: { ...input.fields, [keyColumn]: key } },
            signal,
          }),
        );
      } catch (error) {
        // A column of unique values refuses the second of two, which an earlier try may have been the first of.
        const refused =
          error instanceof Stop && error.outcome.outcome === 'failed' && !error.outcome.transient;
        const there = refused
          ? await itemOf(graph, input, keyColumn, key, signal).catch(() => undefined)
          : undefined;
        if (there) return resultOf(there);
        throw error;
      }
    },
    async reconcile(call) {
      const { input, idempotencyKey, signal } = call;
      const there = await itemOf(graph, input, keyColumn, plainKey(idempotencyKey), signal);
      if (there) return { found: 'done', result: resultOf(there) };
      const column = await columnOf(graph, input, keyColumn, signal);
      if (column?.indexed) return notDone(call, ON_ITS_WAY_MS, graph.now());
      return {
        found: 'cannot_tell',
        why: `no item has the step's key, but the column ${keyColumn} is ${column ? 'not indexed' : 'not there'}, and SharePoint may then find nothing where there is something`,
      };
    },
  };
}

function pathOf({ siteId, listId }: CreateListItem): string {
  return `/sites/${siteId}/lists/${encodeURIComponent(listId)}`;
}

async function itemOf(
  graph: Graph,
  input: CreateListItem,
  keyColumn: string,
  key: string,
  signal: AbortSignal,
): Promise<ListItem | undefined> {
  const query = `$expand=fields($select=${keyColumn})&$filter=${encodeURIComponent(`fields/${keyColumn} eq '${key}'`)}`;
  const found = await firstOf(graph, `${pathOf(input)}/items?${query}`, signal, (item) => {
    return (item as ListItem).fields?.[keyColumn] === key;
  });
  return found as ListItem | undefined;
}

async function columnOf(
  graph: Graph,
  input: CreateListItem,
  keyColumn: string,
  signal: AbortSignal,
): Promise<Column | undefined> {
  const path = `${pathOf(input)}/columns?$select=name,indexed`;
  return (await firstOf(graph, path, signal, (column) => (column as Column).name === keyColumn)) as
    | Column
    | undefined;
}

/** The first of a list's members that fits, over as many pages as there are. */
async function firstOf(
  graph: Graph,
  path: string,
  signal: AbortSignal,
  fits: (member: object) => boolean,
): Promise<object | undefined> {
  let next: unknown = path;
  for (let page = 0; typeof next === 'string' && page < MAX_PAGES; page++) {
    const list = await graph.asking({
      method: 'GET',
      path: next,
      // Asks to look through columns without an index too, which Graph otherwise refuses.
      headers: { prefer: 'HonorNonIndexedQueriesWarningMayFailRandomly' },
      signal,
    });
    const found = (Array.isArray(list.value) ? list.value : []).find(fits);
    if (found) return found;
    // An empty page may have a next one.
    next = list['@odata.nextLink'];
  }
  if (typeof next === 'string')
    throw failed(`SharePoint has more than ${MAX_PAGES} pages of it, which are not read`);
  return undefined;
}

function resultOf({ id, webUrl }: ListItem): JsonObject {
  if (!id) throw unknown('Graph accepted the item, but did not say which it is');
  return { id, url: webUrl ?? '' };
}
