import type { Approval, ApprovalEvent, PersonId } from '@countersign/domain';
import type { KnownBlock, ModalView } from '@slack/types';

/** A request as people are to see it. Rendering is pure: the same picture gives the same blocks. */
export interface Picture {
  readonly approval: Approval;
  /** Of the request's newest event; makes block ids new with every drawing. */
  readonly revision: number;
  /** RFC 3339. */
  readonly now: string;
  /** What the policy says the action does. */
  readonly description?: string | undefined;
  /** Slack user id of a person of this workspace; undefined for everybody else, who is then named. */
  readonly slackIdOf: (person: PersonId) => string | undefined;
  readonly consoleUrl?: string | undefined;
}

export interface Drawn {
  /** For notifications and screen readers: the whole sentence. */
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** An event with its place in the request's stream. */
export interface Happened {
  readonly revision: number;
  readonly event: ApprovalEvent;
}

/** What a button's value holds, and nothing else: which request, and what was shown. */
export interface Target {
  readonly requestId: string;
  readonly paramsHash: string;
}

/** Which drawing a click came from: stands in the block id. */
export interface Drawing {
  readonly revision: number;
  /** Index of the stage that was asked. */
  readonly stage: number;
}

export interface Rendering {
  /** The message of a request, open or ended. */
  message(picture: Picture): Drawn;
  /** One reply in the thread for everything that happened between two deliveries; null when none of it is told there. */
  reply(picture: Picture, happened: readonly Happened[]): Drawn | null;
  /** To the requester, once the request has ended. */
  outcome(picture: Picture, permalink?: string): Drawn;
  /** To everybody on the slate: the glass was broken. */
  brokenGlass(picture: Picture, permalink?: string): Drawn;
  /** In another channel that an escalation names. */
  escalation(picture: Picture, rung: number, permalink?: string): Drawn;
}

/** Modal views; `private_metadata` holds a `Target` and a `Drawing`. */
export interface Modals {
  deny(target: Target, drawing: Drawing): ModalView;
  edit(picture: Picture): ModalView;
  cancel(target: Target, drawing: Drawing): ModalView;
  breakGlass(target: Target, drawing: Drawing): ModalView;
  parameters(picture: Picture): ModalView;
  /** Nothing to fill in: what was refused, or what is still under way. */
  notice(title: string, text: string): ModalView;
}
