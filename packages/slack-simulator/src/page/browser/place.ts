import type { PageUser } from '../../page-seam.ts';

/** Who and where: kept in the address, so that every tab is a person of its own and a reload changes nothing. */
export interface Place {
  readonly user: PageUser;
  /** Id. */
  readonly channel: string | null;
}

/** @returns the first of the people where the address names none of them; null only when there are none */
export function placeAmong(users: readonly PageUser[]): Place | null {
  const parts = new URLSearchParams(location.hash.slice(1));
  const user = users.find(({ id }) => id === parts.get('user')) ?? users[0];
  return user === undefined ? null : { user, channel: parts.get('channel') };
}

export function go(user: string, channel: string | null): void {
  const parts = new URLSearchParams({ user, ...(channel !== null && { channel }) });
  location.hash = parts.toString();
}
