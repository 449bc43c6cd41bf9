import { newId } from '@countersign/application';
import { type ApprovalEvent, type ApprovalState, decide, evolve, initialState } from '@countersign/domain';
import { benchPolicy, commandsOf } from '../speed/decider/workload.ts';
import { peer } from './load.ts';

const { CommandHandler } = await peer('@event-driven-io/emmett');

const handle = CommandHandler({
  evolve: (state: ApprovalState, event: ApprovalEvent) => evolve(state, event),
  initialState: () => initialState,
});
const policy = benchPolicy();

/** A client that sends the workload's commands through Emmett's command handler, decided by our decider. */
export function emmettClient(eventStore: unknown): () => Promise<void> {
  let commands: ReturnType<typeof commandsOf> = [];
  return async () => {
    if (commands.length === 0) commands = commandsOf(policy, newId(), new Date());
    const command = commands.shift();
    if (!command) throw new Error('no command');
    const result = await handle(eventStore, `approval-${command.requestId}`, (state: ApprovalState) => {
      const { events, refusal } = decide(command, state);
      if (refusal) throw new Error(refusal.detail);
      return [...events];
    });
    if (result.newEvents.length === 0) throw new Error('nothing changed');
  };
}
