import type { LedgerSignals } from '@countersign/application';

/** Tells several listeners, in the order given. Each must be quick and must not throw, as for one. */
export function combineSignals(...all: readonly LedgerSignals[]): Required<LedgerSignals> {
  return {
    appended: (appended) => {
      for (const signals of all) signals.appended?.(appended);
    },
    refused: (refused) => {
      for (const signals of all) signals.refused?.(refused);
    },
    processed: (processed) => {
      for (const signals of all) signals.processed?.(processed);
    },
    policyActivated: (activated) => {
      for (const signals of all) signals.policyActivated?.(activated);
    },
    failed: (failed) => {
      for (const signals of all) signals.failed?.(failed);
    },
  };
}
