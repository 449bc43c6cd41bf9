/** Who and where: kept in the address, so that every tab is a person of its own and a reload changes nothing. */
export interface Where {
  readonly user: string | null;
  readonly channel: string | null;
}

export function where(): Where {
  const parts = new URLSearchParams(location.hash.slice(1));
  return { user: parts.get('user'), channel: parts.get('channel') };
}

export function go(user: string, channel: string | null): void {
  const parts = new URLSearchParams({ user, ...(channel !== null && { channel }) });
  location.hash = parts.toString();
}
