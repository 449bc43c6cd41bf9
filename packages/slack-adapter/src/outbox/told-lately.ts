/** Revisions that Slack knows, of the requests told last: the view learns of it a moment later. */
export interface ToldLately {
  get(requestId: string): number | undefined;
  set(requestId: string, upTo: number): void;
}

/** What is forgotten too early is asked of the ledger again, which says that it is done. */
const MAX_KEPT = 1000;

export function createToldLately(): ToldLately {
  const revisions = new Map<string, number>();
  return {
    get: (requestId) => revisions.get(requestId),
    set(requestId, upTo) {
      revisions.delete(requestId);
      revisions.set(requestId, upTo);
      const oldest = revisions.keys().next().value;
      if (revisions.size > MAX_KEPT && oldest !== undefined) revisions.delete(oldest);
    },
  };
}
