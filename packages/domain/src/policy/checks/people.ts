import { normalisePersonName } from '../../principal.ts';
import type { PolicyShape } from '../model.ts';
import type { Report } from './index.ts';

/** A Slack id or an address leads to one person, and a person stands in `people` once. */
export function checkPeople({ people }: PolicyShape, report: Report): void {
  const names = new Map<string, string>();
  const slackIds = new Map<string, string>();
  const addresses = new Map<string, string>();
  for (const [name, { slack, email }] of Object.entries(people)) {
    const path = ['people', name];
    const earlier = takenBy(names, normalisePersonName(name), name);
    if (earlier !== undefined) report(path, `is the same person as "${earlier}"`, 'key');
    const sameSlack = takenBy(slackIds, slack, name);
    if (sameSlack !== undefined) report([...path, 'slack'], `already belongs to "${sameSlack}"`);
    const sameEmail = takenBy(addresses, email?.toLowerCase(), name);
    if (sameEmail !== undefined) report([...path, 'email'], `already belongs to "${sameEmail}"`);
  }
}

function takenBy(owners: Map<string, string>, id: string | undefined, owner: string): string | undefined {
  if (id === undefined) return undefined;
  const taken = owners.get(id);
  if (taken === undefined) owners.set(id, owner);
  return taken;
}
