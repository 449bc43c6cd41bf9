/** Whoever clicked, as Slack names them. */
export interface Clicker {
  /** The user's own workspace, which in a shared channel need not be the app's. */
  readonly team: string;
  readonly user: string;
}

const TEAM = /^[TE][A-Z0-9]{1,40}$/;
const USER = /^[UW][A-Z0-9]{1,40}$/;

/**
 * Reads who clicked from a payload.
 * @returns null for anything that names nobody
 */
export function clickerOf(body: {
  readonly team?: { readonly id?: unknown } | null;
  readonly user?: { readonly id?: unknown; readonly team_id?: unknown };
}): Clicker | null {
  const team = body.user?.team_id ?? body.team?.id;
  const user = body.user?.id;
  if (typeof team !== 'string' || typeof user !== 'string') return null;
  return TEAM.test(team) && USER.test(user) ? { team, user } : null;
}
