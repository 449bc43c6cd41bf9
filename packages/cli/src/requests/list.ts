import { listApprovals, whoami } from '../client/api.ts';
import { type ConnectOptions, connectAsSomebody } from '../client/connect.ts';
import { EXIT } from '../exit-codes.ts';
import { type Format, present } from '../output/format.ts';
import { type Io, printable } from '../output/io.ts';
import { table } from '../output/table.ts';
import { paintStatus } from './describe.ts';
import { parseDuration } from './duration.ts';

export interface ListOptions extends ConnectOptions {
  readonly output: Format;
  readonly status?: string;
  readonly action?: string;
  readonly requester?: string;
  readonly mine?: boolean;
  readonly waitingOnMe?: boolean;
  readonly since?: string;
  readonly limit: string;
  readonly offset: string;
}

/** `countersign list`. */
export async function list(io: Io, options: ListOptions): Promise<number> {
  const { status, action, limit, offset } = options;
  const http = connectAsSomebody(options, io.env);
  const page = await listApprovals(http, {
    status,
    action,
    requester: options.mine ? (await whoami(http)).person : options.requester,
    waitingOn: options.waitingOnMe ? 'me' : undefined,
    since: options.since === undefined ? undefined : instant(options.since),
    limit,
    offset,
  });
  const rows = page.items.map((item) => [
    item.approvalId,
    paintStatus(io, item.status),
    printable(item.action),
    item.created_at,
    item.expires_at,
  ]);
  present(io, options.output, page, () => table(['REQUEST', 'STATUS', 'ACTION', 'CREATED', 'EXPIRES'], rows));
  const shown = Number(offset) + page.items.length;
  if (page.total !== undefined && shown < page.total)
    io.say(`${shown} of ${page.total}; go on with --offset ${shown}`);
  return EXIT.ok;
}

/** A moment as RFC 3339, or a duration back from now. */
function instant(since: string): string {
  const date = Date.parse(since);
  if (/^\d{4}-/.test(since) && !Number.isNaN(date)) return new Date(date).toISOString();
  return new Date(Date.now() - parseDuration(since)).toISOString();
}
