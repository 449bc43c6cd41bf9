/** Variables of earlier versions: what replaced them. Ignoring one could open another ledger than the one meant. */
export const RETIRED: Readonly<Record<string, string>> = {
  STORE_BACKEND: 'STORE (sqlite:<file> or esdb://…)',
  REDIS_URL: 'STORE (sqlite:<file> or esdb://…)',
};
