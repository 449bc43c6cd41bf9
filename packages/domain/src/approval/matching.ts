/**
 * One person, one place: a stage is met when all its places can be filled by different people at once, whatever
 * the order in which they voted. That is a maximum bipartite matching (augmenting paths), not first come.
 */

export interface Seat {
  /** Places of this requirement. */
  readonly min: number;
}

export interface Voter {
  /** Indices of the requirements whose places this voter fits. */
  readonly fills: readonly number[];
}

/** How many places of each requirement a best assignment of the voters fills. */
export function assign(requirements: readonly Seat[], voters: readonly Voter[]): number[] {
  const seated: number[][] = requirements.map(() => []);
  let free = requirements.reduce((places, { min }) => places + min, 0);
  for (let voter = 0; voter < voters.length && free > 0; voter++) {
    if (seat(voter, requirements, voters, seated, new Set())) free -= 1;
  }
  return seated.map((holders) => holders.length);
}

export function isMet(requirements: readonly Seat[], voters: readonly Voter[]): boolean {
  const got = assign(requirements, voters);
  return requirements.every(({ min }, r) => got[r] === min);
}

/**
 * Gives the voter a place: a free one, or that of somebody who fits another place that can be freed. Places of one
 * requirement are alike, so that each requirement is tried once: what it costs does not multiply with their number.
 */
function seat(
  voter: number,
  requirements: readonly Seat[],
  voters: readonly Voter[],
  seated: readonly number[][],
  tried: Set<number>,
): boolean {
  const fills = (voters[voter]?.fills ?? []).filter((r) => r < requirements.length && !tried.has(r));
  for (const r of fills) {
    const holders = seated[r] as number[];
    if (holders.length < (requirements[r] as Seat).min) {
      holders.push(voter);
      return true;
    }
  }
  for (const r of fills) {
    if (tried.has(r)) continue;
    tried.add(r);
    const holders = seated[r] as number[];
    const moved = holders.findIndex((other) => seat(other, requirements, voters, seated, tried));
    if (moved !== -1) {
      holders[moved] = voter;
      return true;
    }
  }
  return false;
}
