import { type Asked, error, type ListItem, type Reply, SITE, type World } from './world.ts';

export const LIST_PATH = new RegExp(`^/v1\\.0/sites/${SITE}/lists/Deploys%20done/(items|columns)$`);

const itemOf = ({ id, fields }: ListItem) => ({
  id,
  webUrl: `https://contoso.example/Lists/Deploys/${id}_.000`,
  fields: { '@odata.etag': '"x,1"', CountersignKey: fields.CountersignKey },
});

export function listReply(world: World, asked: Asked): Reply {
  const { request, url, note } = asked;
  const what = LIST_PATH.exec(url.pathname)?.[1];
  note(`${request.method} ${what}`);
  switch (`${request.method} ${what}`) {
    case 'POST items':
      return created(world, asked);
    case 'GET items':
      return filtered(world, asked);
    case 'GET columns':
      return {
        status: 200,
        body: { value: [{ name: 'Title', indexed: false }, ...(world.column ? [world.column] : [])] },
      };
    default:
      throw new Error(`no such route: ${request.method} ${request.path}`);
  }
}

function created({ items, column }: World, { request }: Asked): Reply {
  const { fields, ...more } = JSON.parse(request.body.toString()) as { fields: Record<string, unknown> };
  if (Object.keys(more).length > 0) throw new Error('more than fields');
  const known = ['Title', 'Count', column?.name];
  if (Object.keys(fields).some((name) => !known.includes(name))) return error(400, 'invalidRequest');
  const taken = items.some((item) => item.fields.CountersignKey === fields.CountersignKey);
  if (taken && column?.enforceUniqueValues) return error(400, 'generalException');
  const item = { id: String(items.length + 1), fields };
  items.push(item);
  return { status: 201, body: itemOf(item) };
}

function filtered(world: World, { request, url }: Asked): Reply {
  const key = /^fields\/CountersignKey eq '([^']+)'$/.exec(url.searchParams.get('$filter') ?? '')?.[1];
  const expand = url.searchParams.get('$expand');
  if (key === undefined || expand !== 'fields($select=CountersignKey)')
    throw new Error(`filters ${url.search}`);
  const honours = String(request.headers.prefer).includes('HonorNonIndexed');
  if (!world.column?.indexed && !honours) return error(400, 'invalidRequest');
  if (world.emptyPageFirst && !url.searchParams.has('$skiptoken')) {
    return { status: 200, body: { value: [], '@odata.nextLink': `${url.href}&$skiptoken=p2` } };
  }
  const found = world.items.filter(({ fields }) => fields.CountersignKey === key);
  return { status: 200, body: { value: world.blindFilter ? [] : found.map(itemOf) } };
}
