import type { Slate } from '@countersign/domain';
import { sha256, slateMembers } from '@countersign/domain/recorded';
import type { Database } from 'better-sqlite3';
import { sameJson } from './same-json.ts';

interface Interned {
  readonly slateId: number;
  readonly stageNames: readonly string[];
}

/** Slates by content, each written once. */
export interface Slates {
  /**
   * The slate's number; the same content has the same one.
   * @param origin where it probably was seen before (the policy and its key), to compare with that one first
   */
  intern(slate: Slate, origin: string): Interned;
  stageNamesOf(slateId: number): readonly string[];
  reset(): void;
}

/** Texts of so many slates are remembered; a policy has about as many as it has actions. */
const REMEMBERED = 1000;

export function createSlates(db: Database): Slates {
  const find = db.prepare<[string], number>('SELECT slate_id FROM slates WHERE hash = ?').pluck();
  const read = db.prepare<[number], string>('SELECT body FROM slates WHERE slate_id = ?').pluck();
  const insert = db.prepare('INSERT INTO slates (hash, body, any_admin) VALUES (?, ?, ?)');
  const addPerson = db.prepare('INSERT INTO slate_people (person, slate_id) VALUES (?, ?)');
  const addClaim = db.prepare('INSERT INTO slate_claims (claim, slate_id) VALUES (?, ?)');
  const byText = new Map<string, Interned>();
  const byOrigin = new Map<string, { slate: Slate; interned: Interned }>();
  const namesById = new Map<number, readonly string[]>();

  function write(slate: Slate, body: string, hash: string): number {
    const { claims, admins } = openTo(slate);
    const slateId = Number(insert.run(hash, body, admins ? 1 : 0).lastInsertRowid);
    for (const person of slateMembers(slate)) addPerson.run(person, slateId);
    for (const claim of claims) addClaim.run(claim, slateId);
    return slateId;
  }

  function internText(slate: Slate): Interned {
    const body = JSON.stringify(slate);
    const known = byText.get(body);
    if (known) return known;
    const hash = sha256(body);
    const slateId = find.get(hash) ?? write(slate, body, hash);
    const interned = { slateId, stageNames: slate.stages.map((stage) => stage.name) };
    if (byText.size >= REMEMBERED) byText.clear();
    byText.set(body, interned);
    return interned;
  }

  return {
    intern(slate, origin) {
      const seen = byOrigin.get(origin);
      if (seen && sameJson(seen.slate, slate)) return seen.interned;
      const interned = internText(slate);
      if (byOrigin.size >= REMEMBERED) byOrigin.clear();
      byOrigin.set(origin, { slate, interned });
      return interned;
    },
    stageNamesOf(slateId) {
      const known = namesById.get(slateId);
      if (known) return known;
      const { stages } = JSON.parse(read.get(slateId) ?? '{"stages":[]}') as Slate;
      const names = stages.map((stage) => stage.name);
      if (namesById.size >= REMEMBERED) namesById.clear();
      namesById.set(slateId, names);
      return names;
    },
    reset() {
      byText.clear();
      byOrigin.clear();
      namesById.clear();
    },
  };
}

/** Claims that carry a place on the slate, and whether any admin has one. */
function openTo(slate: Slate): { claims: ReadonlySet<string>; admins: boolean } {
  const sources = [
    ...slate.stages.flatMap((stage) => stage.require.map((requirement) => requirement.from)),
    ...slate.personas.map((persona) => persona.from),
  ];
  return {
    claims: new Set(sources.flatMap((source) => source.claims)),
    admins: sources.some((source) => source.admins),
  };
}
