/**
 * A Slack workspace in memory that speaks Slack's Web API over HTTP, holds to its limits, and sends signed
 * interactions. For tests, and for trying things without a workspace.
 */
export interface SimulatorOptions {
  /** Default 127.0.0.1; nothing else than a loopback address is accepted. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default `T0SIM`. */
  readonly teamId?: string;
  /** As which the app's messages are shown; default `app`. */
  readonly appName?: string;
  readonly users: readonly SimulatedUser[];
  /** Made when first posted to, unless `channels` lists all there are. Names with or without `#`. */
  readonly channels?: readonly string[];
  /** Accepted bot tokens; default one of its own making. */
  readonly botTokens?: readonly string[];
  readonly appTokens?: readonly string[];
  /** Default one of its own making. */
  readonly signingSecret?: string;
  /** Where interactions are sent; may be set later with `deliverTo`. */
  readonly interactionUrl?: string;
  /** Channels and messages of a workspace before, to go on with. */
  readonly remains?: Remains;
  /** Whether 1 message a second and channel, and the tiers of methods, are enforced; default false. */
  readonly rateLimits?: boolean;
  /** Milliseconds before every answer of the Web API. */
  readonly latencyMs?: number;
  /** Seconds since 1970, with fractions; default the system's clock. */
  readonly clock?: () => number;
}

export interface SimulatedUser {
  /** `U0ALICE` */
  readonly id: string;
  /** `alice` */
  readonly name: string;
  readonly email?: string;
  /** Whether the address is confirmed; default true. */
  readonly emailConfirmed?: boolean;
  /** Admitted to single channels. */
  readonly isGuest?: boolean;
  /** Another team's user, as Slack Connect brings them. */
  readonly teamId?: string;
  /** Deactivated: posting to them fails. */
  readonly deleted?: boolean;
  readonly isBot?: boolean;
}

export interface SimulatedMessage {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly metadata?: {
    readonly event_type: string;
    readonly event_payload: Readonly<Record<string, unknown>>;
  };
  /** ts of the last update. */
  readonly editedTs?: string;
  /** Set: only this user sees it. */
  readonly ephemeralFor?: string;
}

/** What is left of a workspace, as plain JSON: all its channels, and every message that was for more than one person. */
export interface Remains {
  readonly channels: readonly {
    readonly id: string;
    /** Without `#`; of a direct channel the person's name. */
    readonly name: string;
    readonly kind: 'channel' | 'direct';
    /** Whose direct channel with the app it is. */
    readonly user?: string;
    /** Seconds since 1970. */
    readonly created: number;
    readonly isMember: boolean;
    readonly isArchived: boolean;
    /** Oldest first. */
    readonly messages: readonly SimulatedMessage[];
  }[];
}

export interface OpenView {
  readonly id: string;
  readonly hash: string;
  readonly user: string;
  /** As `views.open` gave it. */
  readonly view: Readonly<Record<string, unknown>>;
  /** By block id, the errors that the last submission was answered with. */
  readonly errors: Readonly<Record<string, string>>;
}

/** What an interaction was answered with. */
export interface Delivery {
  /** 0: no answer within Slack's three seconds, or nobody reached; `body` then says which. Over a socket 200. */
  readonly status: number;
  readonly body: string;
  /** From sending to the answer. */
  readonly milliseconds: number;
  /** Exactly what was sent, so that a test can send it again. */
  readonly request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

export interface Click {
  readonly user: string;
  readonly channel: string;
  readonly ts: string;
  readonly actionId: string;
  /** Needed where several elements of the message share the action id. */
  readonly blockId?: string;
  /** Values of the options selected after the click: checkboxes, menus, overflow. Default: the button's own value. */
  readonly selected?: readonly string[];
}

export interface Simulator {
  /** `http://127.0.0.1:<port>`: the page. */
  readonly url: string;
  /** For `SLACK_API_URL`. */
  readonly apiUrl: string;
  readonly teamId: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;

  deliverTo(interactionUrl: string): void;
  /**
   * Everything in a channel (name or id, or a direct channel of `@user`), oldest first, ephemeral ones included. A channel
   * keeps its newest 5,000.
   */
  messages(channel: string): readonly SimulatedMessage[];
  /** The modal a user has open, the topmost; null when none. */
  openView(user: string): OpenView | null;
  /** Called after every change of what people see. Returns how to end it. */
  onChange(listener: () => void): () => void;

  /**
   * Clicks an element as it now stands in the message, and confirms where it asks. A socket that is connected gets the
   * click, else the `interactionUrl`.
   *
   * @throws Error when it is not there, or nobody listens
   */
  click(click: Click): Promise<Delivery>;
  /**
   * Submits the user's topmost modal; what `response_action` says is done to it.
   *
   * @throws Error where Slack's client would not send it, as a required field is empty (which `errors` then says), and
   *   where Slack would not take the answer
   * @param values by block id: text, the selected option's value, or several of them
   */
  submit(
    user: string,
    values: Readonly<Record<string, string | readonly string[] | null>>,
  ): Promise<Delivery>;
  /** Clicks a button or menu within the user's topmost modal. */
  clickInView(user: string, actionId: string, selected?: readonly string[]): Promise<Delivery>;
  /** Closes the topmost modal; sends `view_closed` where the view asked for it. */
  close(user: string): Promise<Delivery | null>;
  /** Deletes a message, as a person could. */
  deleteMessage(channel: string, ts: string): void;

  /** Every call of the Web API since the start, or since `forgetCalls`. Bounded to the newest 10,000. */
  calls(method?: string): readonly ApiCall[];
  forgetCalls(): void;
  readonly faults: Faults;
  /** For another simulator that goes on where this one ends. */
  remains(): Remains;
  stop(): Promise<void>;
}

export interface ApiCall {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** `ok`, or Slack's error code, or `429`, `500`, `503`, `reset`, `lost`. */
  readonly result: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What goes wrong, until `clear`. `match` picks calls by method and channel (name or id); absent: all. */
export interface Faults {
  rateLimit(options: {
    match?: FaultMatch;
    retryAfterSec: number;
    times?: number;
    withoutHeader?: boolean;
  }): void;
  /** 5xx, or a connection cut before the call is carried out. */
  outage(options: { match?: FaultMatch; as: 500 | 503 | 'reset'; times?: number }): void;
  /** The call is carried out and its answer is lost. */
  loseAnswer(options: { match?: FaultMatch; times?: number }): void;
  /** Answers `ok: false` with Slack's error code. */
  refuse(options: { match?: FaultMatch; error: string; times?: number }): void;
  slow(options: { match?: FaultMatch; milliseconds: number; times?: number }): void;
  clear(): void;
}

export interface FaultMatch {
  readonly method?: string;
  readonly channel?: string;
}
