import type { Intent } from '@countersign/application';
import { personaOf } from '../render/index.ts';
import { execute, inWords } from './carry-out.ts';
import type { Click } from './click.ts';
import type { ActionDeps } from './deps.ts';
import { knownTo } from './known-to.ts';
import { noSuchRequest, OUTDATED, type Told, together } from './told.ts';

/**
 * Personas as checkboxes. Slack says what is ticked after the click; only what differs from the drawing that was
 * clicked on was meant. So whoever clicks on an older drawing undoes nobody's acknowledgement by leaving it unticked.
 */
export async function acknowledge(deps: ActionDeps, click: Click): Promise<Told> {
  const { target, selected, drawnSelected } = click;
  if (!target) return OUTDATED;
  const { requestId } = target;
  const who = await deps.people.identify(click.clicker);
  const known = await knownTo(who, deps, requestId);
  if (!known) return noSuchRequest(who);
  const { slate } = known.approval.request;

  const send = (type: Kind, value: string) => {
    const persona = personaOf(slate, value);
    if (persona === null) return Promise.resolve(OUTDATED);
    // Each is told by itself: what was recorded stays so when a later one is not.
    return inWords(deps.signals, () => execute(deps, click, who, { type, requestId, persona }, SO[type]));
  };
  const told: Told[] = [];
  for (const value of without(selected, drawnSelected)) told.push(await send('AcknowledgePersona', value));
  for (const value of without(drawnSelected, selected))
    told.push(await send('WithdrawAcknowledgement', value));
  return together(told);
}

type Kind = Extract<Intent, { readonly persona: string }>['type'];

const SO: Readonly<Record<Kind, string>> = {
  AcknowledgePersona: 'this was acknowledged before',
  WithdrawAcknowledgement: 'this was withdrawn before',
};

function without(values: readonly string[], others: readonly string[]): string[] {
  return values.filter((value) => !others.includes(value));
}
