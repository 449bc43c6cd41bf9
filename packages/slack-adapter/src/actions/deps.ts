import type { Clock, Ledger, PolicyRegister } from '@countersign/application';
import type { People } from '../people/people.ts';
import type { SlackSignals } from '../types.ts';
import type { Web } from '../web/types.ts';
import type { Respond } from './answer.ts';
import type { Gate } from './gate.ts';

/** What clicks are carried out with. */
export interface ActionDeps {
  readonly ledger: Pick<Ledger, 'execute' | 'load'>;
  readonly policies: Pick<PolicyRegister, 'inForce' | 'byHash'>;
  readonly people: People;
  readonly web: Pick<Web, 'viewsOpen' | 'viewsUpdate' | 'teamId'>;
  readonly respond: Respond;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly signals: SlackSignals;
  /** Longest time until Slack is answered, from when the call came. */
  readonly ackMs: number;
  readonly consoleUrl?: string | undefined;
}
