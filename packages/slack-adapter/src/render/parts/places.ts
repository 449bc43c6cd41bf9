import { type PersonId, type Source, type Stage, tenantOf } from '@countersign/domain';
import { prose } from '../text/mrkdwn.ts';
import { people } from '../text/people.ts';
import type { Picture } from '../types.ts';

/** Places of the slate in words: how many are free, and who could take them. */

const MAX_LABEL = 80;
const MAX_CLAIMS = 3;

/** `sre (@bob, @carol)`; without a label where it would only repeat the names. @param except who can't (any more) */
export function whoOf(picture: Picture, source: Source, except: ReadonlySet<PersonId>): string {
  const label = prose(source.label, MAX_LABEL);
  const names = namesOf(picture, source, except);
  if (names === '' || source.admins) return label;
  const isList = source.groups.length === 0 && source.claims.length === 0;
  return isList ? names : `${label} (${names})`;
}

/** `@bob, @carol`; empty where nobody is known by name. */
export function namesOf(picture: Picture, source: Source, except: ReadonlySet<PersonId>): string {
  const { tenant } = picture.approval.request;
  const members = [...source.users, ...source.groups.flatMap((group) => group.members)];
  const able = members.filter((member) => tenantOf(member) === tenant && !except.has(member));
  const claimed = source.claims.map((claim) => `whoever's token claims ${prose(claim, MAX_LABEL)}`);
  return [people(picture, able), ...claimed.slice(0, MAX_CLAIMS)].filter((part) => part !== '').join(', ');
}

/** `1 more of sre (@carol)`, one for each requirement of a stage that is not met. @param got filled places of each */
export function freePlaces(picture: Picture, stage: Stage, got: readonly number[]): string[] {
  const barred = barredFrom(picture);
  return stage.require.flatMap(({ from, min }, index) => {
    const filled = got[index] ?? 0;
    if (filled >= min) return [];
    return [`${min - filled}${filled > 0 ? ' more' : ''} of ${whoOf(picture, from, barred)}`];
  });
}

/** Who has no vote left in the stage now asked: voted, denied, or asked for it. */
function barredFrom({ approval }: Picture): Set<PersonId> {
  const { request, approvals, denials, stage } = approval;
  const asking = request.slate.allowSelfApproval ? [] : [request.by.sub, request.owner, request.onBehalfOf];
  const voted = approvals.filter((vote) => vote.stage === stage);
  const spoken = [...voted, ...denials].map((vote) => vote.by);
  return new Set([...spoken, ...asking.filter((name) => name !== undefined)]);
}
