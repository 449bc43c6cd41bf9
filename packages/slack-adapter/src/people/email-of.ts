import type { Clock } from '@countersign/application';
import type { Called, Web } from '../web/types.ts';
import type { Clicker } from './clicker.ts';

/** Slack did not say who somebody is; asking again may help. */
export class SlackSilent extends Error {
  constructor(what: string) {
    super(`Slack did not answer: ${what}`);
    this.name = 'SlackSilent';
  }
}

const KEPT = 1000;
const KEPT_MS = 5 * 60_000;

/**
 * The e-mail address by which a user of this workspace may be known; null for everybody that an address proves
 * nothing of: people of other workspaces, guests, bots, and who has left. Addresses found are kept
 * for five minutes, the latest thousand; that there is none is asked again.
 */
export function createEmailLookup(web: Pick<Web, 'usersInfo' | 'teamId'>, clock: Clock) {
  const kept = new Map<string, { readonly email: string; readonly until: number }>();
  const asking = new Map<string, Promise<string | null>>();

  async function ask(key: string, clicker: Clicker): Promise<string | null> {
    const email = await askSlack(web, clicker);
    if (email === null) return null;
    kept.delete(key);
    kept.set(key, { email, until: clock() + KEPT_MS });
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return email;
  }

  /** @throws SlackSilent */
  return function emailOf(clicker: Clicker): Promise<string | null> {
    const key = `${clicker.team}/${clicker.user}`;
    const known = kept.get(key);
    if (known && clock() < known.until) return Promise.resolve(known.email);
    // Several clicks of one person ask once.
    const underWay = asking.get(key) ?? ask(key, clicker).finally(() => asking.delete(key));
    asking.set(key, underWay);
    return underWay;
  };
}

async function askSlack(
  web: Pick<Web, 'usersInfo' | 'teamId'>,
  { team, user }: Clicker,
): Promise<string | null> {
  const workspace = answerOf(await web.teamId(), 'which workspace this is');
  if (workspace?.teamId !== team) return null;
  const found = answerOf(await web.usersInfo(user), 'who clicked')?.user;
  if (!found || found.id !== user || found.teamId !== team) return null;
  if (found.isBot || found.isDeleted || found.isStranger) return null;
  return found.email ?? null;
}

/** Null where Slack says that there is nobody. */
function answerOf<T>(called: Called<T>, what: string): T | null {
  if (called.ok) return called;
  if (called.error.kind === 'refused' && called.error.code.startsWith('user_not_')) return null;
  throw new SlackSilent(what);
}
