import type { Click, Delivery, OpenView, SimulatedMessage } from './types.ts';

/** What the page is drawn from and acts through: one person's Slack client, nothing else. */
export interface PageSeam {
  readonly teamId: string;
  /** Whom one can be on this page: people of the workspace who are neither bots nor deactivated. */
  users(): readonly PageUser[];
  /** What this person sees now; null when there is no such person. */
  stateFor(userId: string): PageState | null;
  /** Called after every change of what anybody sees; says only that, so coalesce and ask again. Returns how to end it. */
  onChange(listener: () => void): () => void;

  /** As in `Simulator`. All of them @throws Error when what is meant is not there (any more). */
  click(click: Click): Promise<Delivery>;
  submit(
    user: string,
    values: Readonly<Record<string, string | readonly string[] | null>>,
  ): Promise<Delivery>;
  /** @param values what the modal's inputs hold at this moment, by block id, as in `submit` */
  clickInView(
    user: string,
    actionId: string,
    selected?: readonly string[],
    values?: Readonly<Record<string, string | readonly string[] | null>>,
  ): Promise<Delivery>;
  close(user: string): Promise<Delivery | null>;
}

export interface PageUser {
  /** `U0ALICE` */
  readonly id: string;
  /** `alice` */
  readonly name: string;
}

export interface PageState {
  readonly user: PageUser;
  /** Channels in the order they were made, then this person's direct channel with the app, if there is one. */
  readonly channels: readonly PageChannel[];
  /** Open modals from the bottom to the top; only the last can be used. */
  readonly views: readonly OpenView[];
}

export interface PageChannel {
  readonly id: string;
  /** Without `#`; of a direct channel the app's name. */
  readonly name: string;
  readonly kind: 'channel' | 'direct';
  /**
   * Oldest first, at most the newest 500; replies among them (`threadTs` is their root's ts, a root has none),
   * and the ephemeral ones of this person.
   */
  readonly messages: readonly PageMessage[];
}

export interface PageMessage extends SimulatedMessage {
  /** Name of the app that posted it. */
  readonly author: string;
  /** What this person has selected since the message was drawn, where that differs from its `initial_option(s)`. */
  readonly selected: readonly {
    readonly blockId: string;
    readonly actionId: string;
    /** Values of the options. */
    readonly values: readonly string[];
  }[];
}
