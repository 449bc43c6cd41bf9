import { lapse } from '../dispatch/lapse.ts';
import { recordStep } from '../dispatch/record.ts';
import { resumeDispatch } from '../dispatch/resume.ts';
import { settleStep } from '../dispatch/settle-step.ts';
import { beginDispatch, startDispatch } from '../dispatch/start.ts';
import { refusal } from '../refusal.ts';
import { acknowledgePersona, withdrawAcknowledgement } from './acknowledge.ts';
import { breakGlass, reviewBreakGlass } from './break-glass.ts';
import { cancelRequest } from './cancel.ts';
import { type ApprovalCommand, TIMER } from './commands.ts';
import { accepted, type Outcome, refused, UNCHANGED } from './outcome.ts';
import { requestApproval } from './request.ts';
import { type Approval, type ApprovalState, isOverdue } from './state.ts';
import { decideRequest } from './vote.ts';

/** The only judge of every command, whichever way it came in. Pure: time, caller and policy facts are in the command. */
export function decide(command: ApprovalCommand, state: ApprovalState): Outcome {
  if (command.type === 'RequestApproval') return requestApproval(command, state);
  if (!state.exists) return refused('not_found', `there is no request ${command.requestId}`);
  if (isOverdue(state, command.now)) return expire(command, state);
  return decideLive(command, state);
}

function decideLive(
  command: Exclude<ApprovalCommand, { type: 'RequestApproval' }>,
  state: Approval,
): Outcome {
  switch (command.type) {
    case 'AcknowledgePersona':
      return acknowledgePersona(command, state);
    case 'WithdrawAcknowledgement':
      return withdrawAcknowledgement(command, state);
    case 'Decide':
      return decideRequest(command, state);
    case 'CancelRequest':
      return cancelRequest(command, state);
    case 'InvokeBreakGlass':
      return breakGlass(command, state);
    case 'ReviewBreakGlass':
      return reviewBreakGlass(command, state);
    case 'EscalateRequest':
      return escalate(command.rung, command.now, state);
    case 'ExpireRequest':
      return UNCHANGED;
    case 'StartDispatch':
      return startDispatch(command, state);
    case 'SettleStep':
      return settleStep(command, state);
    case 'BeginDispatch':
      return beginDispatch(command, state);
    case 'ResumeDispatch':
      return resumeDispatch(command, state);
    case 'RecordStep':
      return recordStep(command, state);
    case 'LapseApproval':
      return lapse(command.now, state);
  }
}

/** Past the deadline every command records the expiry; whoever wanted something else is told, the clock is not. */
function expire(command: ApprovalCommand, state: Approval): Outcome {
  const { expiresAt } = state.request;
  const expired = accepted({ type: 'RequestExpired', data: { at: command.now, by: TIMER, expiresAt } });
  if (!('caller' in command) && command.type !== 'RecordStep') return expired;
  return {
    ...expired,
    refusal: refusal('expired', `the request expired at ${expiresAt}`, { facts: { expiresAt } }),
  };
}

function escalate(rung: number, now: string, state: Approval): Outcome {
  const due = state.request.escalations.find((escalation) => escalation.rung === rung);
  if (!due || now < due.at || state.decision || state.escalated.includes(rung)) return UNCHANGED;
  return accepted({
    type: 'RequestEscalated',
    data: { at: now, by: TIMER, rung, dueAt: due.at, notify: due.notify },
  });
}
