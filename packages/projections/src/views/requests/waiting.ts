import { assign, type Slate, type Source, wasListed } from '@countersign/domain';
import type { ViewReader } from '../../read/reader.ts';
import type { Against, Given } from '../life.ts';
import { all, clause, type ListFilter, mine, narrowing, type Reader, recordedAs } from './filter.ts';

interface Candidate {
  seq: number;
  slate_id: number;
  stage: number;
  requester: string;
  owner: string | null;
  on_behalf_of: string | null;
  personas_missing: string;
  approvals: string;
  denials: string;
}

/**
 * Numbers of the undecided requests, newest first, that go on only when this person (or another like them) acts: a
 * missing persona they hold, or a place of the stage now asked that their vote would fill.
 */
export function findWaitingOn(view: ViewReader, filter: ListFilter, person: Reader): number[] {
  const { status = 'open', rootRequestId } = filter;
  const { statuses, when } = recordedAs({ ...filter, status });
  const slates = mine(person);
  const where = all(
    when,
    narrowing(filter),
    ...(rootRequestId === undefined ? [] : [clause('+root_request_id = ?', rootRequestId)]),
  );
  const candidates = view.all<Candidate>(
    `WITH ${slates.sql} SELECT seq, slate_id, stage, requester, owner, on_behalf_of, personas_missing, approvals, denials
      FROM requests INDEXED BY requests_slate WHERE slate_id IN mine
        AND status IN (${statuses.map(() => '?').join(', ')}) AND is_open = 1 AND ${where.sql} ORDER BY seq DESC`,
    ...slates.values,
    ...statuses,
    ...where.values,
  );
  const waits = judge(slateReader(view), person);
  return candidates.filter(waits).map(({ seq }) => seq);
}

/** Most of many candidates are alike: same slate, same stage, no votes yet. These are judged once. */
function judge(slateOf: (slateId: number) => Slate, reader: Reader): (candidate: Candidate) => boolean {
  const alike = new Map<string, boolean>();
  return (candidate) => {
    const { slate_id, stage, personas_missing, approvals, denials, requester, owner, on_behalf_of } =
      candidate;
    const own = [requester, owner, on_behalf_of].includes(reader.person);
    const key = `${slate_id} ${stage} ${own} ${personas_missing} ${approvals} ${denials}`;
    const plain = approvals === '[]' && denials === '[]';
    const known = plain ? alike.get(key) : undefined;
    if (known !== undefined) return known;
    const verdict = waitsOn(candidate, slateOf(slate_id), reader);
    if (plain) alike.set(key, verdict);
    return verdict;
  };
}

function slateReader(view: ViewReader): (slateId: number) => Slate {
  const known = new Map<number, Slate>();
  return (slateId) => {
    const slate = known.get(slateId) ?? readSlate(view, slateId);
    known.set(slateId, slate);
    return slate;
  };
}

function readSlate(view: ViewReader, slateId: number): Slate {
  const row = view.get<{ body: string }>('SELECT body FROM slates WHERE slate_id = ?', slateId);
  if (!row) throw new Error(`the requests view names slate ${slateId} and does not hold it`);
  return JSON.parse(row.body) as Slate;
}

function waitsOn(candidate: Candidate, slate: Slate, reader: Reader): boolean {
  const missing = JSON.parse(candidate.personas_missing) as string[];
  if (missing.length > 0) {
    return slate.personas.some(({ name, from }) => missing.includes(name) && holds(from, reader));
  }
  const { person } = reader;
  const asking = [candidate.requester, candidate.owner, candidate.on_behalf_of];
  if (!slate.allowSelfApproval && asking.includes(person)) return false;
  const denied = (JSON.parse(candidate.denials) as Against[]).some((denial) => denial.sub === person);
  return !denied && wouldFill(candidate, slate, reader);
}

/** Whether one more vote of this person fills a place that is empty. */
function wouldFill(candidate: Candidate, slate: Slate, reader: Reader): boolean {
  const stage = slate.stages[candidate.stage];
  if (!stage) return false;
  const votes = (JSON.parse(candidate.approvals) as Given[]).filter((vote) => vote.stage === candidate.stage);
  if (votes.some((vote) => vote.sub === reader.person)) return false;
  const anyPlace = slate.superApprovers.includes(reader.person);
  const fills = stage.require.flatMap(({ from }, index) => (anyPlace || holds(from, reader) ? [index] : []));
  if (fills.length === 0) return false;
  return filled(assign(stage.require, [...votes, { fills }])) > filled(assign(stage.require, votes));
}

function holds(source: Source, { person, claims, admin }: Reader): boolean {
  return (
    wasListed(source, person) ||
    source.claims.some((claim) => claims.includes(claim)) ||
    (source.admins && admin)
  );
}

function filled(got: readonly number[]): number {
  return got.reduce((sum, n) => sum + n, 0);
}
