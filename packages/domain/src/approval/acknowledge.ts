import { type AcknowledgePersona, actorOf, type WithdrawAcknowledgement } from './commands.ts';
import { accepted, type Outcome, refused, stopped, UNCHANGED } from './outcome.ts';
import { firstRefusal, mustBeDecider, mustBeHuman, mustBeUndecided, mustHoldPersona } from './rules.ts';
import { settle } from './settle.ts';
import type { Approval } from './state.ts';

/** "We have seen it": opens the way to approvals, and fills no place of its own. */
export function acknowledgePersona(command: AcknowledgePersona, state: Approval): Outcome {
  const { caller, persona, now } = command;
  const stop = firstRefusal(
    mustBeHuman(caller),
    mustBeDecider(caller),
    mustHoldPersona(state, persona, caller),
  );
  if (stop) return stopped(stop);
  if (Object.hasOwn(state.acknowledgements, persona)) return UNCHANGED;
  const decided = mustBeUndecided(state);
  if (decided) return stopped(decided);
  // Votes that waited for this acknowledgement count from now on.
  return settle(state, { type: 'PersonaAcknowledged', data: { at: now, by: actorOf(caller), persona } });
}

/** Only whoever gave an acknowledgement takes it back; votes given meanwhile wait. */
export function withdrawAcknowledgement(command: WithdrawAcknowledgement, state: Approval): Outcome {
  const { caller, persona, now } = command;
  const stop = firstRefusal(
    mustBeHuman(caller),
    mustBeDecider(caller),
    mustHoldPersona(state, persona, caller),
  );
  if (stop) return stopped(stop);
  const given = Object.hasOwn(state.acknowledgements, persona) ? state.acknowledgements[persona] : undefined;
  if (given === undefined) return refused('not_acknowledged', `"${persona}" has not been acknowledged`);
  const by = actorOf(caller);
  if (given.by !== by.sub) {
    return refused(
      'not_acknowledger',
      `"${persona}" was acknowledged by ${given.by}, who alone can withdraw it`,
    );
  }
  const decided = mustBeUndecided(state);
  if (decided) return stopped(decided);
  return accepted({ type: 'PersonaAcknowledgementWithdrawn', data: { at: now, by, persona } });
}
