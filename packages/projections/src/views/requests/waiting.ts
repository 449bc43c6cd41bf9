import { assign, type Slate, type Source, wasListed } from '@countersign/domain';
import type { ViewReader } from '../../read/reader.ts';
import type { Against, Given } from '../life.ts';
import { all, clause, type ListFilter, mine, narrowing, type Reader, recordedAs } from './filter.ts';

/** Requests that are the same in all that counts here; most of many are, with no votes yet. Judged together. */
interface Alike {
  slate_id: number;
  stage: number;
  /** 1 when the person asked, or was asked for, or owns the machine that did. */
  own: number;
  personas_missing: string;
  approvals: string;
  denials: string;
  /** JSON, in no order. */
  seqs: string;
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
  const groups = view.all<Alike>(
    `WITH ${slates.sql} SELECT slate_id, stage, coalesce(? IN (requester, owner, on_behalf_of), 0) AS own,
        personas_missing, approvals, denials, json_group_array(seq) AS seqs
      FROM requests INDEXED BY requests_slate WHERE slate_id IN mine
        AND status IN (${statuses.map(() => '?').join(', ')}) AND decided_at IS NULL AND ${where.sql}
      GROUP BY slate_id, stage, own, personas_missing, approvals, denials`,
    ...slates.values,
    person.person,
    ...statuses,
    ...where.values,
  );
  const slateOf = slateReader(view);
  const waiting = groups.filter((alike) => waitsOn(alike, slateOf(alike.slate_id), person));
  return waiting.flatMap(({ seqs }) => JSON.parse(seqs) as number[]).sort((a, b) => b - a);
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

function waitsOn(alike: Alike, slate: Slate, reader: Reader): boolean {
  const missing = JSON.parse(alike.personas_missing) as string[];
  if (missing.length > 0) {
    return slate.personas.some(({ name, from }) => missing.includes(name) && holds(from, reader));
  }
  if (!slate.allowSelfApproval && alike.own === 1) return false;
  const denied = (JSON.parse(alike.denials) as Against[]).some((denial) => denial.sub === reader.person);
  return !denied && wouldFill(alike, slate, reader);
}

/** Whether one more vote of this person fills a place that is empty. */
function wouldFill(alike: Alike, slate: Slate, reader: Reader): boolean {
  const stage = slate.stages[alike.stage];
  if (!stage) return false;
  const votes = (JSON.parse(alike.approvals) as Given[]).filter((vote) => vote.stage === alike.stage);
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
