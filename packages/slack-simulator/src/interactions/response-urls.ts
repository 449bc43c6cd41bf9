import { randomBytes } from 'node:crypto';
import express, { type Response, type Router } from 'express';
import { type Args, argsOf, bodyOf } from '../web-api/args.ts';
import { readBlocks, readMetadata } from '../web-api/content.ts';
import type { Draft } from '../workspace/messages.ts';
import { SlackError } from '../workspace/slack-error.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Origin } from './scene.ts';

const uses = 5;
const lifetimeSec = 30 * 60;
const remembered = 10_000;

export interface ResponseUrls {
  /** The path of a new one. */
  issue(origin: Origin): string;
  /** Takes what is posted to them, to be mounted at the root. */
  readonly router: Router;
}

export function responseUrls(workspace: Workspace): ResponseUrls {
  const issued = new Map<string, { readonly origin: Origin; readonly until: number; left: number }>();
  const router = express.Router();
  router.post('/actions/:team/:secret', express.json({ limit: '2mb', type: '*/*' }), (request, response) => {
    const url = issued.get(String(request.params.secret));
    if (!url || workspace.clock() > url.until) return refuse(response, 404, 'expired_url');
    if (url.left === 0) return refuse(response, 404, 'used_url');
    url.left -= 1;
    try {
      respond(workspace, url.origin, argsOf(bodyOf(request.body)));
      response.type('text/plain').send('ok');
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      refuse(response, 400, error.message);
    }
  });
  return {
    router,
    issue(origin) {
      const secret = randomBytes(18).toString('base64url');
      issued.set(secret, { origin, until: workspace.clock() + lifetimeSec, left: uses });
      for (const oldest of issued.keys()) {
        if (issued.size <= remembered) break;
        issued.delete(oldest);
      }
      return `/actions/${workspace.identity.teamId}/${secret}`;
    },
  };
}

function refuse(response: Response, status: number, error: string): void {
  response.status(status).type('text/plain').send(error);
}

/** Not saying `replace_original` replaces the message that was clicked: forgetting it shows. */
function respond(workspace: Workspace, origin: Origin, args: Args): void {
  const { channels, messages } = workspace;
  const channel = channels.byId(origin.channel);
  if (args.flag('delete_original')) messages.remove(channel, origin.ts);
  else {
    const draft = readDraft(args);
    const isReplacing = args.all.replace_original === undefined || args.flag('replace_original');
    if (isReplacing) messages.update(channel, origin.ts, draft);
    else {
      const ephemeral = args.text('response_type') === 'in_channel' ? {} : { ephemeralFor: origin.user };
      messages.post(channel, { ...draft, ...ephemeral, threadTs: args.text('thread_ts') });
    }
  }
}

function readDraft(args: Args): Draft {
  const text = args.text('text') ?? '';
  const blocks = readBlocks(args) ?? [];
  if (text === '' && blocks.length === 0) throw new SlackError('no_text');
  return { text, blocks, metadata: readMetadata(args) ?? undefined };
}
