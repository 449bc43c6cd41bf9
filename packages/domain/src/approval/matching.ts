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
  // Places are numbered through: requirement r owns the places from first[r] on.
  const first: number[] = [];
  let places = 0;
  for (const { min } of requirements) {
    first.push(places);
    places += min;
  }
  const holder = new Array<number>(places).fill(-1);
  for (let voter = 0; voter < voters.length; voter++) {
    seat(voter, requirements, voters, first, holder, new Set());
  }
  return requirements.map(({ min }, r) => {
    const from = first[r] ?? 0;
    return holder.slice(from, from + min).filter((voter) => voter !== -1).length;
  });
}

export function isMet(requirements: readonly Seat[], voters: readonly Voter[]): boolean {
  const got = assign(requirements, voters);
  return requirements.every(({ min }, r) => got[r] === min);
}

/** Gives the voter a place, moving others along to another place they fit if that frees one. */
function seat(
  voter: number,
  requirements: readonly Seat[],
  voters: readonly Voter[],
  first: readonly number[],
  holder: number[],
  tried: Set<number>,
): boolean {
  for (const r of voters[voter]?.fills ?? []) {
    const from = first[r] ?? 0;
    for (let place = from; place < from + (requirements[r]?.min ?? 0); place++) {
      if (tried.has(place)) continue;
      tried.add(place);
      const sitting = holder[place] ?? -1;
      if (sitting === -1 || seat(sitting, requirements, voters, first, holder, tried)) {
        holder[place] = voter;
        return true;
      }
    }
  }
  return false;
}
