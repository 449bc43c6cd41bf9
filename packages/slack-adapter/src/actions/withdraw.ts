import { type Approval, type Principal, personId } from '@countersign/domain';
import { execute, inWords } from './carry-out.ts';
import type { Click } from './click.ts';
import type { ActionDeps } from './deps.ts';
import { knownTo } from './known-to.ts';
import { TEXTS } from './texts.ts';
import { noSuchRequest, OUTDATED, type Told, together } from './told.ts';

/** Takes back every acknowledgement that whoever clicks has given; the checkboxes may be gone by then. */
export async function withdraw(deps: ActionDeps, click: Click): Promise<Told> {
  const { target } = click;
  if (!target) return OUTDATED;
  const { requestId } = target;
  const who = await deps.people.identify(click.clicker);
  const known = await knownTo(who, deps, requestId);
  if (!known) return noSuchRequest(who);
  const personas = personasMeant(known.approval, who.principal);
  if (personas.length === 0) return { kind: 'outdated', text: TEXTS.nothingAcknowledged };
  const told: Told[] = [];
  for (const persona of personas) {
    const intent = { type: 'WithdrawAcknowledgement', requestId, persona } as const;
    told.push(
      await inWords(deps.signals, () => execute(deps, click, who, intent, 'this was withdrawn before')),
    );
  }
  return together(told);
}

/** One's own; where there are none, the first that somebody gave, or that is waited for: the rule will say why not. */
function personasMeant({ request, acknowledgements }: Approval, { tenant, sub }: Principal): string[] {
  const names = request.slate.personas.map(({ name }) => name);
  const given = names.filter((name) => Object.hasOwn(acknowledgements, name));
  const own = given.filter((name) => acknowledgements[name]?.by === personId(tenant, sub));
  return own.length > 0 ? own : [...given, ...names].slice(0, 1);
}
