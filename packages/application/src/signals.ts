import type { Approval, ApprovalCommand, ApprovalEvent, Refusal } from '@countersign/domain';

/** What leads from one signal to everything else of the same work. */
export interface Followed {
  readonly correlationId: string;
  /** W3C trace id of the request's own trace, from the command that began it on. */
  readonly traceId?: string;
}

/** What this process did: one typed list for metrics and logs. Handlers must be quick and must not throw. */
export interface LedgerSignals {
  /** Events of one request are durable. `before` is null when they began it. */
  appended?(
    appended: Followed & {
      readonly before: Approval | null;
      readonly after: Approval;
      readonly events: readonly ApprovalEvent[];
    },
  ): void;
  refused?(
    refused: Followed & {
      readonly command: ApprovalCommand['type'];
      readonly refusal: Refusal;
      readonly approval: Approval | null;
    },
  ): void;
  /** From the call to the durable answer. */
  processed?(processed: { readonly command: ApprovalCommand['type']; readonly seconds: number }): void;
  policyActivated?(activated: {
    readonly hash: string;
    readonly source: string;
    readonly own: boolean;
  }): void;
  /** Something that went wrong and that nobody waits for. */
  failed?(failed: { readonly what: string; readonly error: unknown }): void;
}
