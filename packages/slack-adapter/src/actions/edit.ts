import type { Approval, Hash, Refusal, RefusalCode } from '@countersign/domain';
import { fieldOfPointer, modals, readEdit } from '../render/index.ts';
import { stageNamed } from './approve.ts';
import { execute } from './carry-out.ts';
import type { Click, Submission } from './click.ts';
import type { ActionDeps } from './deps.ts';
import { knownTo } from './known-to.ts';
import { openPicture } from './look.ts';
import { asPlain } from './texts.ts';
import { noSuchRequest, OUTDATED, type Told } from './told.ts';

/** Edit and approve: shows what may be edited as it is now, whatever the message that was clicked on showed. */
export function openEdit(deps: ActionDeps, click: Click): Promise<Told> {
  return openPicture(deps, click, modals.edit);
}

/**
 * One vote for the parameters as the form leaves them. What is typed is only read here; whether it may be so, and
 * whether the form is still of now, is judged where every vote is.
 */
export async function submitEdit(deps: ActionDeps, submission: Submission): Promise<Told> {
  const { target, drawing, values, clicker, firstField } = submission;
  if (!target || !drawing) return OUTDATED;
  const { requestId } = target;
  const who = await deps.people.identify(clicker);
  const known = await knownTo(who, deps, requestId);
  if (!known) return noSuchRequest(who);
  const { approval } = known;
  const stage = stageNamed(approval, drawing);
  if (stage === null) return OUTDATED;
  const read = readEdit(approval, values);
  if ('errors' in read) {
    // Fields of other parameters than those that stand now say nothing about what was typed.
    return approval.paramsHash === target.paramsHash ? { kind: 'invalid', fields: read.errors } : OUTDATED;
  }
  const { overrides, note } = read;
  const vote = {
    type: 'Decide',
    requestId,
    status: 'approved',
    paramsHash: target.paramsHash as Hash,
    stage,
    overrides,
    ...(note !== undefined && { note }),
  } as const;
  const told = await execute(deps, submission, who, vote, 'your approval already stands');
  if (told.kind !== 'refused' || !CORRECTABLE.has(told.refusal.code)) return told;
  return { kind: 'invalid', fields: fieldsOf(told.refusal, approval, firstField) };
}

/** Refusals of what was typed: the form stays open for another try. */
const CORRECTABLE: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'reserved_member',
  'override_key_forbidden',
  'override_limit_exceeded',
  'override_diff_size_exceeded',
  'override_schema_validation',
]);

/** Errors at their fields; what belongs to none is said at the first. */
function fieldsOf(
  { detail, errors = [] }: Refusal,
  approval: Approval,
  firstField: string | null,
): Record<string, string> {
  const fields: Record<string, string[]> = {};
  for (const error of errors) {
    const field = fieldOfPointer(approval, error.pointer) ?? firstField;
    if (field !== null) fields[field] = [...(fields[field] ?? []), error.detail];
  }
  if (Object.keys(fields).length === 0 && firstField !== null) fields[firstField] = [detail];
  return Object.fromEntries(
    Object.entries(fields).map(([field, texts]) => [field, asPlain(texts.join('; '))]),
  );
}
