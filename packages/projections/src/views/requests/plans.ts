import type { Plan } from '@countersign/domain';
import type { Database } from 'better-sqlite3';

/** What a policy says of a plan: the same for all requests under one of its keys. */
export type PlanRules = Pick<Plan, 'steps' | 'mode' | 'validForSec'>;

export interface InternedPlan {
  readonly planId: number;
  readonly validForSec: number | null;
}

/** Plans by content, each written once. */
export interface Plans {
  /** The plan's number; the same rules have the same one. */
  intern(plan: Plan): InternedPlan;
  /** @throws Error when the view does not hold it */
  byId(planId: number): InternedPlan;
  reset(): void;
}

/** So many are remembered; a policy has at most one for each of its actions. */
const REMEMBERED = 1000;

export function createPlans(db: Database): Plans {
  const find = db.prepare<[string], number>('SELECT plan_id FROM plans WHERE body = ?').pluck();
  const read = db.prepare<[number], string>('SELECT body FROM plans WHERE plan_id = ?').pluck();
  const insert = db.prepare('INSERT INTO plans (body) VALUES (?)');
  const byBody = new Map<string, InternedPlan>();
  const byId = new Map<number, InternedPlan>();

  function remember<K>(known: Map<K, InternedPlan>, key: K, plan: InternedPlan): InternedPlan {
    if (known.size >= REMEMBERED) known.clear();
    known.set(key, plan);
    return plan;
  }

  return {
    intern({ steps, mode, validForSec }) {
      const rules: PlanRules = { steps, mode, validForSec };
      const body = JSON.stringify(rules);
      const known = byBody.get(body);
      if (known) return known;
      const planId = find.get(body) ?? Number(insert.run(body).lastInsertRowid);
      return remember(byBody, body, { planId, validForSec: validForSec ?? null });
    },
    byId(planId) {
      const known = byId.get(planId);
      if (known) return known;
      const body = read.get(planId);
      if (body === undefined) throw new Error(`the requests view names plan ${planId} and does not hold it`);
      const { validForSec = null } = JSON.parse(body) as PlanRules;
      return remember(byId, planId, { planId, validForSec });
    },
    reset() {
      byBody.clear();
      byId.clear();
    },
  };
}
